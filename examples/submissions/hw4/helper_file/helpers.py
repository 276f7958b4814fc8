def numbers(x: list) -> list:
    return [int(i) for i in x]
