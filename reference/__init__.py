"""Solved homework, to be read like a textbook. Each package also trains on real data."""
