"""The class of hw4: each entry is one student, what happened, and the score it must get.

`python -m demo.build hw4` builds it from the reference and these recipes. A test compares the
records with the scores. What hurts
the platform rather than this homework (loops, hogs, broken archives) is in the class of hw1.
"""

from demo.recipes import Recipe, append, euc_kr, only, replace, unfinished, write

REQUIRED = (
    "data.py",
    "estimate.py",
    "decode.py",
    "inference.py",
    "memm.py",
    "conv.py",
    "evaluate.py",
)
BONUS = ("neural.py", "extensions.py", "crf_tagger.py", "sentiment.py")
NUMBERS = "def numbers(x: list) -> list:\n    return [int(i) for i in x]\n"

CLASS = [
    # ---- complete -------------------------------------------------------------------------
    Recipe(
        "complete_wrapped",
        "the package in two folders too many",
        points=100,
        bonus=27,
        folder="homework/hw4_hmm_tagger",
    ),
    Recipe(
        "complete_without_bonus",
        "no bonus file",
        points=100,
        changes=[only("__init__.py", *REQUIRED)],
    ),
    Recipe(
        "한글_주석_윤하늘",
        "Korean comments, identifiers and examples in the files",
        points=100,
        bonus=27,
        changes=[
            append(
                "data.py",
                "\n\n# 조사와 어미가 품사를 알려 줍니다.\n보기 = [word_class(말) for 말 in ('학교에서', '갔다')]\n",
            )
        ],
    ),
    Recipe(
        "euc_kr_declared",
        "a file in EUC-KR that says so",
        points=100,
        bonus=27,
        changes=[euc_kr("conv.py", declared=True)],
    ),
    Recipe(
        "helper_file",
        "a helper file of one's own, imported absolutely",
        points=100,
        bonus=27,
        changes=[
            write("helpers.py", NUMBERS.encode()),
            append("conv.py", "\nfrom hw4_hmm_tagger.helpers import numbers  # noqa: E402, F401\n"),
        ],
    ),
    # ---- partial --------------------------------------------------------------------------
    Recipe("untouched_template", "handed in as it was released", points=0, changes=[unfinished()]),
    Recipe(
        "partial_reading_and_estimation",
        "only data.py and estimate.py are written",
        points=20,
        changes=[unfinished(*REQUIRED[2:], *BONUS)],
    ),
    Recipe(
        "partial_no_batch",
        "viterbi_batch is not written",
        points=92,
        bonus=27,
        changes=[unfinished("decode.py", names=("viterbi_batch",))],
    ),
    Recipe(
        "partial_no_learning",
        "expected_counts and baum_welch are not written",
        points=90,
        bonus=27,
        changes=[unfinished("inference.py", names=("expected_counts", "baum_welch"))],
    ),
    # ---- careless bugs --------------------------------------------------------------------
    Recipe(
        "bug_transposed",
        "counts transitions from the second tag to the first",
        points=94.16,
        loses=["estimation"],
        bonus=27,
        start="mutant transitions_transposed",
    ),
    Recipe(
        "bug_ties",
        "of equal predecessors the larger one is taken",
        points=99.47,
        loses=["viterbi"],
        bonus=27,
        changes=[
            replace(
                "decode.py",
                "back[t] = reach.argmax(axis=0)  # of equal ones argmax takes the first: the smallest",
                "back[t] = len(reach) - 1 - reach[::-1].argmax(axis=0)",
            )
        ],
    ),
    Recipe(
        "bug_padding",
        "the way back of the batch runs through the padding",
        points=98.86,
        loses=["viterbi_batch"],
        bonus=27,
        changes=[
            replace(
                "decode.py",
                "state = torch.where(live[:, t], came_from",
                "state = torch.where(live[:, t] | True, came_from",
            )
        ],
    ),
    Recipe(
        "bug_local_is_global",
        "normalises every step also where whole paths should be",
        points=98,
        loses=["memm"],
        bonus=27,
        changes=[
            replace(
                "memm.py",
                "    alpha = scores[0, 0]  # (S,)\n",
                "    scores = _log_softmax(scores)\n    alpha = scores[0, 0]\n",
            )
        ],
    ),
    Recipe(
        "bugs_in_three_files",
        "first syllable, sizes rounded up, mean of the sentences' accuracies",
        points=97.46,
        loses=["reading", "convolution", "metrics"],
        bonus=27,
        changes=[
            replace("data.py", "syllables[-1]", "syllables[0]"),
            replace(
                "conv.py",
                "return (n + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1",
                "return -(-(n + 2 * padding - dilation * (kernel - 1) - 1) // stride) + 1",
            ),
            replace(
                "evaluate.py",
                "    return sum(g == p for g, p in pairs) / len(pairs)\n",
                "    each = [[g == p for g, p in zip(*rows)] for rows in zip(gold, predicted)]\n"
                "    return sum(sum(row) / len(row) for row in each if row) / len(each)\n",
            ),
        ],
    ),
    # ---- broken ---------------------------------------------------------------------------
    Recipe(
        "syntax_error",
        "a bracket is missing in memm.py",
        points=90,
        bonus=27,
        changes=[replace("memm.py", '    facts = ["bias",', '    facts = ("bias",')],
    ),
    # ---- endless, crashing, forbidden -----------------------------------------------------
    Recipe(
        "uses_hmmlearn",
        "forward by hmmlearn",
        points=75,
        bonus=27,
        changes=[append("inference.py", "\nfrom hmmlearn.hmm import CategoricalHMM\n")],
    ),
    Recipe(
        "uses_torch_conv1d",
        "conv1d by torch's own",
        points=95,
        bonus=27,
        changes=[
            replace(
                "conv.py",
                '    return torch.einsum("btke,fke->btf", windows, weight) + bias\n',
                "    del windows\n"
                "    y = torch.conv1d(x.mT, weight.mT, bias, dilation=dilation)\n"
                "    return y.mT\n",
            )
        ],
    ),
    # ---- hostile --------------------------------------------------------------------------
]
