"""Grade homework in NLP and deep learning without letting student code near the hidden checks.

Nothing is imported here: the student's process imports this package too, and must see little.
"""

__version__ = "0.1.0"
