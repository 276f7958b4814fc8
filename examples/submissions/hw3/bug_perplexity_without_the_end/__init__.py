"""hw3: an LSTM language model, from counting to gradients through time."""
