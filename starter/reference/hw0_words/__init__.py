"""hw0: counting words."""
