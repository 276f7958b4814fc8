"""Everything that may run in the student's process. Imports from us: `wire` and `replies`."""
