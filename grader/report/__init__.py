"""Records to pages, tables and JUnit XML. Everything here can be made again from `OUT` alone."""
