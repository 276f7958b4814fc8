"""The trusted side of a check: what pytest runs, and how a value is judged."""
