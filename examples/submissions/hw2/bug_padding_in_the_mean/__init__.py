"""hw2: word2vec with negative sampling, and the roads beside it."""
