"""The class of hw1: each entry is one student, what happened, and the score it must get.

`python -m demo.build hw1` builds it from the reference and these recipes. A test compares the
records with the scores.
"""

from demo.recipes import Recipe, append, euc_kr, only, replace, unfinished, write

ALL_BUT_TEXT = (
    "features.py",
    "naive_bayes.py",
    "logistic_regression.py",
    "network.py",
    "evaluation.py",
    "extensions.py",
    "generalisation.py",
)

LOOP = "    while True:\n        pass\n"

CLASS = [
    # ---- complete -------------------------------------------------------------------------
    Recipe("complete_kim", "everything right, as a folder", points=100, bonus=6),
    Recipe("complete_lee_zip", "everything right, as a zip", points=100, bonus=6, pack="zip"),
    Recipe(
        "complete_park_tgz", "everything right, as a tar.gz", points=100, bonus=6, pack="tar.gz"
    ),
    Recipe(
        "complete_wrapped",
        "the package in two folders too many, with macOS's leftovers",
        points=100,
        bonus=6,
        folder="hw1/hw1_classification",
        changes=[write("../../__MACOSX/hw1/._text.py", b"\x00\x05\x16\x07")],
    ),
    Recipe(
        "complete_without_bonus",
        "no bonus file",
        points=100,
        changes=[only("text.py", *ALL_BUT_TEXT[:-2])],
    ),
    Recipe(
        "한글_이름_최지우",
        "Korean name, comments, identifiers and test data in the files",
        points=100,
        bonus=6,
        changes=[
            append(
                "text.py",
                "\n\n# 아래는 제가 써 본 예입니다.\n예문 = clean('정말 <b>좋은</b> 영화!')\n",
            )
        ],
    ),
    Recipe(
        "euc_kr_declared",
        "a file in EUC-KR that says so",
        points=100,
        bonus=6,
        changes=[euc_kr("text.py", declared=True)],
    ),
    Recipe(
        "prints_megabytes",
        "prints five megabytes at import and a line in every call",
        points=100,
        bonus=6,
        changes=[
            append("features.py", "\nprint('x' * 5_000_000)\n"),
            replace(
                "naive_bayes.py",
                "        classes = joint.shape[1]",
                "        print('여기', counts.shape)\n        classes = joint.shape[1]",
            ),
        ],
    ),
    # ---- partial --------------------------------------------------------------------------
    Recipe("untouched_template", "handed in as it was released", points=0, changes=[unfinished()]),
    Recipe(
        "partial_text_only",
        "only text.py is written",
        points=10,
        changes=[unfinished(*ALL_BUT_TEXT)],
    ),
    Recipe(
        "partial_no_network",
        "network.py is not written",
        points=90,
        bonus=6,
        changes=[unfinished("network.py")],
    ),
    Recipe(
        "partial_naive_bayes_half",
        "fit is there, predict is not",
        points=90,
        bonus=6,
        changes=[
            unfinished(
                "naive_bayes.py", names=("joint_log_likelihood", "predict_log_proba", "predict")
            )
        ],
    ),
    Recipe(
        "missing_file",
        "forgot evaluation.py",
        points=85,
        bonus=6,
        changes=[only("text.py", *(f for f in ALL_BUT_TEXT if f != "evaluation.py"))],
    ),
    Recipe(
        "misnamed_file",
        "Text.py instead of text.py",
        points=90,
        bonus=6,
        changes=[
            write("Text.py", b"def clean(text): return text\n"),
            only("Text.py", *ALL_BUT_TEXT),
        ],
    ),
    # ---- careless bugs --------------------------------------------------------------------
    Recipe(
        "bug_tags_deleted",
        "a tag is deleted instead of blanked",
        points=98.62,
        loses=["cleaning"],
        bonus=6,
        start="mutant tag_deleted",
    ),
    Recipe(
        "bug_prior_forgotten",
        "the prior is left out of the joint",
        points=96,
        loses=["nb_predict"],
        bonus=6,
        changes=[replace("naive_bayes.py", "self.class_log_prior_ + counts @", "counts @")],
    ),
    Recipe(
        "bug_sum_not_mean",
        "the loss is a sum, its gradient a mean",
        points=95.5,
        loses=["loss_gradient"],
        bonus=6,
        start="mutant loss_is_a_sum",
    ),
    Recipe(
        "bug_relu_not_masked",
        "the gradient passes a ReLU that is off",
        points=97.38,
        loses=["backpropagation"],
        bonus=6,
        start="mutant relu_not_masked",
    ),
    Recipe(
        "bug_macro_f1",
        "macro F1 from macro precision and recall",
        points=97.3,
        loses=["metrics"],
        bonus=6,
        start="mutant macro_f1_of_means",
    ),
    Recipe(
        "bug_last_best",
        "grid search returns the last of equal ones",
        points=99.5,
        loses=["selection"],
        bonus=6,
        start="mutant last_best",
    ),
    Recipe(
        "bugs_in_three_files",
        "vocabulary by first occurrence, idf without smoothing, recall and precision swapped",
        points=93.04,
        loses=["vocabulary", "tfidf", "metrics"],
        bonus=6,
        changes=[
            replace("features.py", "(-counts[token], token)", "-counts[token]"),
            replace("features.py", "(1 + documents) / (1 + frequency)", "documents / frequency"),
            replace(
                "evaluation.py",
                "_ratio(hits, said), _ratio(hits, true)",
                "_ratio(hits, true), _ratio(hits, said)",
            ),
        ],
    ),
    # ---- broken ---------------------------------------------------------------------------
    Recipe(
        "syntax_error",
        "a colon is missing in features.py",
        points=85,
        bonus=6,
        changes=[replace("features.py", "class TfIdf:", "class TfIdf")],
    ),
    Recipe(
        "euc_kr_undeclared",
        "a file in EUC-KR that does not say so",
        points=90,
        bonus=6,
        changes=[euc_kr("text.py", declared=False)],
    ),
    Recipe(
        "merge_conflict",
        "a merge conflict in naive_bayes.py",
        points=75,
        bonus=6,
        changes=[append("naive_bayes.py", "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> main\n")],
    ),
    Recipe(
        "raises_at_import",
        "reads a file of his own laptop at import",
        points=85,
        bonus=6,
        changes=[append("evaluation.py", "\nopen('C:/Users/me/data.csv')\n")],
    ),
    # ---- endless, crashing, forbidden -----------------------------------------------------
    Recipe(
        "endless_loop_in_perceptron",
        "trains until XOR converges, which it never does",
        points=97.75,
        loses=["perceptron"],
        bonus=6,
        changes=[
            replace(
                "network.py",
                "    for _ in range(epochs):\n        mistakes",
                "    while True:\n        mistakes",
            )
        ],
    ),
    Recipe(
        "endless_loop_at_import",
        "logistic_regression.py trains at import, for ever",
        points=60,
        loses=["sigmoid", "loss_gradient", "training", "metrics", "selection"],
        bonus=6,
        changes=[append("logistic_regression.py", "\nwhile True:\n    pass\n")],
    ),
    Recipe(
        "exits_zero",
        "calls os._exit(0) and hopes for full marks",
        points=90,
        bonus=6,
        changes=[append("text.py", "\nimport os\n\nos._exit(0)\n")],
    ),
    Recipe(
        "segfault",
        "dies of a segmentation fault in tf-idf",
        points=96,
        loses=["tfidf"],
        bonus=6,
        changes=[
            replace(
                "features.py",
                "        weighted = counts * self.idf",
                "        import os\n        os.kill(os.getpid(), 11)\n        weighted = counts * self.idf",
            )
        ],
    ),
    Recipe(
        "memory_hog",
        "builds a list of a billion numbers in bag_of_words",
        points=96.5,
        loses=["vocabulary"],
        bonus=6,
        changes=[
            replace(
                "features.py",
                "    counts = np.zeros((len(documents)",
                "    numbers = [0] * 1_000_000_000\n    counts = np.zeros((len(documents)",
            )
        ],
    ),
    Recipe(
        "uses_torch_nn",
        "logistic regression by torch.nn",
        points=90,
        loses=["training"],
        bonus=6,
        changes=[
            replace(
                "logistic_regression.py",
                "        self.losses: list[float] = []",
                "        layer = torch.nn.Linear(X.shape[1], 1)\n        self.losses: list[float] = [float(layer.bias)] * 0",
            )
        ],
    ),
    Recipe(
        "uses_sklearn",
        "naive Bayes by sklearn",
        points=75,
        bonus=6,
        changes=[append("naive_bayes.py", "\nfrom sklearn.naive_bayes import MultinomialNB\n")],
    ),
    # ---- hostile --------------------------------------------------------------------------
    Recipe(
        "always_equal",
        "returns an object that equals everything",
        points=98,
        loses=["edit_distance"],
        bonus=6,
        changes=[
            replace(
                "text.py",
                "    return _table(source, target, substitution_cost)[-1][-1]",
                "    return type('Yes', (int,), {'__eq__': lambda a, b: True, '__hash__': None})(0)",
            )
        ],
    ),
    Recipe(
        "patches_the_judge",
        "patches pytest, NumPy's and torch's comparisons, and brings a conftest.py",
        points=98.5,
        loses=["cleaning"],
        bonus=6,
        changes=[
            replace("text.py", 're.sub(r"<[^<>]+>", " ", text)', "text"),
            append(
                "text.py",
                "\nimport numpy\nimport torch\n\n"
                "numpy.testing.assert_allclose = numpy.allclose = numpy.isclose = lambda *a, **k: True\n"
                "torch.allclose = torch.equal = lambda *a, **k: True\n",
            ),
            write("conftest.py", b"import os\nos._exit(0)\n"),
            write("pytest.ini", b"[pytest]\naddopts = --collect-only\n"),
        ],
    ),
    Recipe(
        "looks_for_the_checks",
        "searches stack, memory, parents' folders and environment for expected values",
        points=90,
        bonus=6,
        changes=[
            append(
                "text.py",
                "\nimport gc\nimport os\nimport sys\n\n"
                "frame = sys._getframe()\n"
                "while frame:\n"
                "    assert not any('expected' in name for name in frame.f_locals)\n"
                "    frame = frame.f_back\n"
                "found = [m for m in sys.modules if m.startswith(('pytest', '_pytest', 'grader.checking'))]\n"
                "found += [n for n in os.environ if n.startswith('PYTEST')]\n"
                "raise SystemExit(f'found {found}')\n",
            )
        ],
    ),
    Recipe("zip_slip", "an archive that writes outside its folder", points=0, pack="slip"),
    Recipe("broken_zip", "half of a zip", points=0, pack="half"),
    Recipe("empty", "an empty zip", points=0, pack="zip", changes=[only()]),
    Recipe("essay", "a text document", points=0, pack="docx"),
]
