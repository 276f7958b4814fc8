"""hw2: word2vec with negative sampling, and related methods."""
