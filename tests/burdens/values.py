"""Values made to burden whoever looks at them, by kind: each is the body of a function `give`."""

# What is large, and of a shape that nobody asked for.
SIZES = {
    "floats": "return [0.5] * 8_000_000",
    "floats_within_the_limit": "return [0.5] * 990_000",
    "ints_within_the_limit": "return list(range(990_000))",
    "ints_and_floats": "return [1, 0.5] * 400_000",
    "texts": "return ['abcdef'] * 900_000",
    "array": "return np.zeros(8_000_000)",
    "array_that_grows_when_converted": "return np.zeros(30_000_000, dtype='int8')",
    "array_too_large": "return np.zeros(9_000_000)",
    "tensor": "return torch.zeros(4000, 2000)",
    "half_tensor": "return torch.zeros(30_000_000, dtype=torch.bfloat16)",
    "text_of_100_mb": "return 'x' * 100_000_000",
    "text_of_15_mb": "return 'x' * 15_000_000",
    "lines": "return 'one\\n' * 2_500_000",
    "text_of_wide_characters": "return '🎓' * 1_000_000",
    "bytes": "return bytes(60_000_000)",
    "dict": "return {k: k for k in range(1_000_000)}",
    "dict_within_the_limit": "return {k: k for k in range(320_000)}",
    "dict_of_texts": "return {str(k): k for k in range(300_000)}",
    "set": "return set(range(900_000))",
    "tuples": "return [(k,) for k in range(190_000)]",
    "named_tuple": "return namedtuple('T', 'a')([0.5] * 990_000)",
}
# What is strangely built.
SHAPES = {
    "lists_thirty_deep": "v = [1.0]\nfor _ in range(28): v = [v] * 1\nreturn v",
    "lists_doubled": "v = [1.0]\nfor _ in range(25): v = [v, v]\nreturn v",
    "lists_in_lists": "return [[0.5] * 30_000 for _ in range(33)]",
    "irregular": "return [[0.5] * k for k in range(1_400)]",
    "many_arrays": "return [np.zeros(2)] * 1_000_000",
    "arrays_within_the_limit": "return [np.zeros(2)] * 32_000",
    "tensors_within_the_limit": "return [torch.zeros(1)] * 30_000",
    "numpy_numbers": "return [np.float64(1)] * 32_000",
    "sixteen_dimensions": "return np.zeros((2,) * 16)",
    "six_by_six_by_six": "return np.zeros((6,) * 9, dtype='int8')",
    "no_strides": "return np.lib.stride_tricks.as_strided(np.zeros(1), (8_000_000,), (0,))",
    "no_strides_and_endless": "return torch.zeros(1).expand(1 << 40)",
    "backwards": "return np.zeros(8_000_000)[::-1]",
    "every_second": "return torch.zeros(8_000_000)[::2]",
    "empty_but_long": "return np.zeros((0, 1 << 30))",
    "in_itself": "v = []\nv.append(v)\nreturn v",
    "dict_in_dict": "v = {}\nfor _ in range(30): v = {'a': v, 'b': [v] * 3}\nreturn v",
}
# What is strange to compare, to hash or to show.
CONTENTS = {
    "alike_hashes": "return {k * (2**61 - 1) for k in range(1, 60)}",
    "more_alike_hashes": "return {k * (2**61 - 1): 0 for k in range(1, 3000)}",
    "hashes_of_floats_and_ints": "return {np.float64(2.0**k): k for k in range(1000)}",
    "huge_int": "return 1 << 4095",
    "huge_ints": "return [1 << 4000] * 10_000",
    "int_beyond_the_limit": "return 1 << 10_000_000",
    "nans": "return [float('nan')] * 900_000",
    "nan_payloads": "return (np.arange(4_000_000) | 0x7FF8 << 48).view('float64')",
    "nan_keys": "return {float('nan'): k for k in range(100_000)}",
    "sparse": "return torch.eye(3000).to_sparse()",
    "complex": "return np.zeros(4_000_000, dtype='complex128')",
    "complex_conjugate": "return torch.zeros(2_000_000, dtype=torch.complex64).conj()",
    "objects": "return np.array([object()] * 1000)",
    "words_in_an_array": "return np.array(['a' * 1000] * 10_000)",
    "dates": "return np.zeros(3, dtype='M8[s]')",
    "long_doubles": "return np.zeros(3, dtype='longdouble')",
    "records": "return np.zeros(3, dtype=[('a', 'f8'), ('b', 'i4')])",
    "quantised": "return torch.quantize_per_tensor(torch.zeros(3), 0.1, 0, torch.qint8)",
    "half_surrogates": "return '\\ud800' * 1_000_000",
    "a_number_to_count_to": "return 10**13",
    "a_number_to_take_root_of": "return 10.0**300",
}
# What comes another way than as a value.
BESIDE = {
    "long_message": "raise ValueError('x' * 100_000_000)",
    "message_of_a_number": "raise ValueError(10**4000)",
    "many_causes": "try: raise KeyError(1)\nexcept KeyError as e:\n"
    "    for k in range(20_000):\n        n = ValueError(k)\n        n.__cause__ = e\n"
    "        e = n\n    raise e",
    "a_group": "raise ExceptionGroup('x', [ValueError(k) for k in range(100_000)])",
    "a_long_name": "raise type('E' * 5_000_000, (ValueError,), {})('x')",
    "prints": "for _ in range(200): print('x' * 1_000_000)\nreturn 1",
    "recursion": "def f(): f()\nf()",
    "endless": "while True: yield 1",
}
KINDS = {"sizes": SIZES, "shapes": SHAPES, "contents": CONTENTS, "beside": BESIDE}
HEAD = "from collections import namedtuple\nimport numpy as np\nimport torch\n\n\ndef give():\n"


def sources() -> dict[str, str]:
    """Name of the student -> the file that they hand in."""
    return {
        f"{kind}-{name}".replace("_", "-"): HEAD
        + "".join(f"    {line}\n" for line in body.split("\n"))
        for kind, bodies in KINDS.items()
        for name, body in bodies.items()
    }
