"""Who runs the jobs of a batch: jobs in, records out, in any order."""
