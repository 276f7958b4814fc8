"""Families of what a homework may forbid: the names that people write, and the operators behind.

    [[forbidden]]
    families = ["recurrent"]

forbids every way to a recurrent layer of torch, whatever it is called and whoever calls it: while
the exercise is checked, these operators do not work (`grader.boundary.guest.refusal`). A family is
complete for one version of torch; `tests/boundary/test_families.py` fails when a new one brings an
operator that nobody has sorted.
"""

from __future__ import annotations

from grader.course.family import Family
from grader.course.function_families import FUNCTIONS
from grader.course.layer_families import LAYERS

# Other namespaces whose operators are doubles of those below: quantised, fused, for tests. Where
# anything is forbidden, none of them works.
DOUBLES = (
    *("quantized", "_quantized", "mkldnn", "mkldnn_prepacked", "onednn", "mkl"),
    *("static_runtime", "inductor", "sparse", "quantization", "_test"),
)

FAMILIES: dict[str, Family] = dict(sorted({**LAYERS, **FUNCTIONS}.items()))
