"""An honest factor, which is wrong."""


def scaled(x):
    return 0.5 * x
