"""Training a homework's package, anybody's, on real text, and trying what came out."""
