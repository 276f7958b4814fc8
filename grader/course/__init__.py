"""What an instructor declares: the course's folder and `assignment.toml`."""
