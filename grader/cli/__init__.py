"""What people type: a file for each kind of person, and the progress they see."""
