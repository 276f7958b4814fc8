"""No function of the five homeworks is forgotten by the rule for all: a call leaves all else alone."""

import ast
import re
from pathlib import Path

import pytest

from grader.course.folder import Course

ROOT = Path(__file__).parents[2]
COURSE = Course.find(ROOT)
# What a check calls that looks at arguments or generators after a call.
LOOKS = re.compile(r"with_arguments|left_alone|leaves_alone|generators\(")
# They take strings, numbers and nothing else: nothing of it can be changed, and nothing is drawn.
OF_NUMBERS = {
    "hw1": {"clean", "tokenize", "stem", "edit_distance", "edit_script", "iterations_to_epochs"},
    "hw2": {"char_ngrams", "to_jamo"},
    "hw3": {"perplexity", "bits_per_token"},
    "hw4": set(),
    "hw5": {"causal_mask", "noam_lr", "transformer_parameters", "bert_parameters"},
}


def looking(assignment):
    """The names of the checks that look at what a call leaves, themselves or by a helper."""
    found = set()
    for path in assignment.check_files():
        text = path.read_text(encoding="utf-8")
        functions = [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]
        bodies = {f.name: ast.get_source_segment(text, f) for f in functions}
        helpers = {name for name, body in bodies.items() if LOOKS.search(body)}
        calls = re.compile(r"\b(" + "|".join(helpers | {"^"}) + r")\(")
        found |= {n for n, body in bodies.items() if n in helpers or calls.search(body)}
    return {name.removeprefix("test_") for name in found}


@pytest.mark.parametrize("name", OF_NUMBERS)
def test_every_function_has_a_check_that_a_call_leaves_all_else_alone(name):
    assignment = COURSE.load(name)
    looks = looking(assignment)
    watched = {
        c.of.partition(".")[0] for e in assignment.exercises for c in e.checks if c.id in looks
    }
    functions = {f.root for e in assignment.exercises for f in e.functions}
    # LayerNorm is layer_norm with two parameters
    by_another = {"LayerNorm"} if name == "hw5" else set()
    assert functions - watched == OF_NUMBERS[name] | by_another
