"""The record of a graded submission, and the snapshot of the assignment it was graded with."""
