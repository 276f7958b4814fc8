"""A library that prints as it is imported, by Python and below it."""

import os

print("by Python")
os.write(1, b"below it\n")
