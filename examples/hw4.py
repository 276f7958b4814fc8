"""The class of hw4: each entry is one student, what happened, and the score it must get.

`python -m examples.build hw4` writes `examples/submissions/hw4/` from the reference and these
recipes. A test compares the folder with the recipes and the records with the scores.
"""

from examples.recipes import Recipe, append, euc_kr, only, replace, unfinished, write

REQUIRED = (
    "data.py",
    "estimate.py",
    "decode.py",
    "inference.py",
    "memm.py",
    "conv.py",
    "evaluate.py",
)
BONUS = ("neural.py", "extensions.py")
NUMBERS = "def numbers(x: list) -> list:\n    return [int(i) for i in x]\n"

CLASS = [
    # ---- complete -------------------------------------------------------------------------
    Recipe("complete_seo", "everything right, as a folder", points=100, bonus=19),
    Recipe("complete_min_zip", "everything right, as a zip", points=100, bonus=19, pack="zip"),
    Recipe(
        "complete_wrapped",
        "the package in two folders too many",
        points=100,
        bonus=19,
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
        bonus=19,
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
        bonus=19,
        changes=[euc_kr("conv.py", declared=True)],
    ),
    Recipe(
        "helper_file",
        "a helper file of one's own, imported absolutely",
        points=100,
        bonus=19,
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
        bonus=19,
        changes=[unfinished("decode.py", names=("viterbi_batch",))],
    ),
    Recipe(
        "partial_no_learning",
        "expected_counts and baum_welch are not written",
        points=90,
        bonus=19,
        changes=[unfinished("inference.py", names=("expected_counts", "baum_welch"))],
    ),
    Recipe(
        "missing_conv",
        "forgot conv.py",
        points=95,
        bonus=19,
        changes=[only("__init__.py", *(f for f in REQUIRED if f != "conv.py"), *BONUS)],
    ),
    # ---- careless bugs --------------------------------------------------------------------
    Recipe(
        "bug_products",
        "forward multiplies probabilities, so long sentences underflow",
        points=99.13,
        loses=["forward_backward"],
        bonus=19,
        changes=[
            replace(
                "inference.py",
                "    alpha = np.empty((len(words), len(log_pi)))  # (T, S)\n",
                "    column, alpha = np.exp(log_pi), np.empty((len(words), len(log_pi)))\n"
                "    for t, word in enumerate(words):\n"
                "        column = (column @ np.exp(log_A) if t else column) * np.exp(log_B[:, word])\n"
                "        alpha[t] = np.log(column)\n"
                "    return alpha, float(np.log(column.sum()))\n",
            )
        ],
    ),
    Recipe(
        "bug_transposed",
        "counts transitions from the second tag to the first",
        points=94.29,
        loses=["estimation", "tagger"],
        bonus=19,
        changes=[
            replace("estimate.py", "(row[:-1], row[1:])", "(row[1:], row[:-1])"),
        ],
    ),
    Recipe(
        "bug_ties",
        "of equal predecessors the larger one is taken",
        points=98.76,
        loses=["viterbi"],
        bonus=19,
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
        "the scores of the batch run on through the padding",
        points=96.16,
        loses=["viterbi_batch"],
        bonus=19,
        changes=[
            replace(
                "decode.py",
                "best = torch.where(live[:, t], ",
                "best = torch.where(live[:, t] | True, ",
            )
        ],
    ),
    Recipe(
        "bug_loop_over_the_batch",
        "viterbi_batch calls viterbi once for each sentence",
        points=99.04,
        loses=["viterbi_batch"],
        bonus=19,
        changes=[
            replace(
                "decode.py",
                "    n_sentences, longest = words.shape\n",
                "    [viterbi(*(np.zeros(s) for s in ((1,), (1, 1), (1, 1))), [0]) for _ in words]\n"
                "    n_sentences, longest = words.shape\n",
            )
        ],
    ),
    Recipe(
        "bug_local_is_global",
        "normalises every step also where whole paths should be",
        points=97.95,
        loses=["memm"],
        bonus=19,
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
        points=97.77,
        loses=["reading", "convolution", "metrics", "tagger"],
        bonus=19,
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
        bonus=19,
        changes=[replace("memm.py", '    facts = ["bias",', '    facts = ("bias",')],
    ),
    Recipe(
        "raises_at_import",
        "reads a treebank of the own laptop at import",
        points=91,
        bonus=19,
        changes=[append("data.py", "\nread_conllu(open('C:/Users/me/train.conllu').read())\n")],
    ),
    # ---- endless, crashing, forbidden -----------------------------------------------------
    Recipe(
        "endless_loop_in_beam",
        "widens the beam until nothing changes, which never happens",
        points=95.27,
        loses=["beam"],
        bonus=19,
        changes=[
            replace(
                "decode.py",
                "    best = _only_best(log_pi + log_B[:, words[0]], k)  # (S,)\n",
                "    while k < len(log_pi):\n        k = max(k, 1)\n"
                "    best = _only_best(log_pi + log_B[:, words[0]], k)\n",
            )
        ],
    ),
    Recipe(
        "segfault_in_sample",
        "reads address 0 while it samples",
        points=97,
        loses=["joint"],
        bonus=19,
        changes=[
            replace(
                "estimate.py",
                "    generator = np.random.default_rng(seed)\n",
                "    import ctypes\n\n    ctypes.string_at(0)\n"
                "    generator = np.random.default_rng(seed)\n",
            )
        ],
    ),
    Recipe(
        "uses_hmmlearn",
        "forward by hmmlearn",
        points=75,
        bonus=19,
        changes=[append("inference.py", "\nfrom hmmlearn.hmm import CategoricalHMM\n")],
    ),
    Recipe(
        "uses_torch_conv1d",
        "conv1d by torch's own",
        points=95,
        bonus=19,
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
    Recipe(
        "always_equal",
        "returns a path that equals every other",
        points=97.45,
        loses=["beam"],
        bonus=19,
        changes=[
            replace(
                "decode.py",
                "    return path, score\n",
                "    yes = type('Yes', (np.ndarray,), {'__eq__': lambda a, b: True, '__hash__': None})\n"
                "    return path.view(yes), score\n",
            )
        ],
    ),
    Recipe("broken_zip", "half of a zip", points=0, pack="half"),
]
