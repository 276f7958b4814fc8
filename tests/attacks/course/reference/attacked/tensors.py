"""The factor. PLANTED-in-the-reference."""


def scaled(x):
    """Multiply."""
    return 0.8414709848078965 * x
