"""What students hand in: found, named, and read into memory."""
