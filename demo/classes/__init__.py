"""One module for each homework: its CLASS, student by student."""
