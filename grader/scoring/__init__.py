"""Outcomes to points: pure functions, no file and no process."""
