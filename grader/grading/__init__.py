"""One submission to one record; a class to a folder of records."""
