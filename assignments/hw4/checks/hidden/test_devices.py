"""Hidden checks of the rule that a function works on the device of its input, without a GPU.

On torch's meta device a tensor has a shape but no numbers, and one that was made on the CPU does
not go with it. Code that reads a number is not judged here (see `student.on_meta`).
"""

import torch

CALLS = {
    "conv1d": lambda s: [(s.conv.conv1d, torch.ones(2, 5, 3), torch.ones(4, 2, 3), torch.ones(4))],
    "text_cnn": lambda s: [
        (s.extensions.TextCNN(9, 4, [2, 3], 5, 2), torch.ones(2, 6, dtype=torch.int64))
    ],
}


def stays(student, name):
    for function, *arguments in CALLS[name](student):
        function(*arguments)  # what fails anywhere says nothing about devices
        student.on_meta(function, *arguments)


def test_conv1d_stays_on_the_device(student):
    stays(student, "conv1d")


def test_text_cnn_stays_on_the_device(student):
    stays(student, "text_cnn")
