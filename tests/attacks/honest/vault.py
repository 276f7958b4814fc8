"""An honest guess, which is wrong."""


def guess(question):
    return 1
