"""Hidden checks of the rule that a function works on the device of its input, without a GPU.

On torch's meta device a tensor has a shape but no numbers, and one that was made on the CPU does
not go with it. Code that reads a number is not judged here (see `student.on_meta`).
"""

import torch

CALLS = {
    "hierarchical_loss": lambda s: [
        (s.hierarchical.hierarchical_loss, torch.ones(4), torch.ones(3, 4), [2, 0], [1, 0])
    ],
    "subword_vector": lambda s: [(s.subword.subword_vector, "강river", torch.ones(50, 3))],
}


def stays(student, name):
    for function, *arguments in CALLS[name](student):
        function(*arguments)  # what fails anywhere says nothing about devices
        student.on_meta(function, *arguments)


def test_hierarchical_loss_stays_on_the_device(student):
    stays(student, "hierarchical_loss")


def test_subword_vector_stays_on_the_device(student):
    stays(student, "subword_vector")
