"""hw5: seq2seq with attention, and the Transformer."""
