"""Adding up."""


def total(numbers):
    return sum(numbers)
