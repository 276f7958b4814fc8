"""hw4: a part-of-speech tagger by a hidden Markov model."""
