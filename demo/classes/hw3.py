"""The class of hw3: each entry is one student, what happened, and the score it must get.

`python -m demo.build hw3` builds it from the reference and these recipes. A test compares the
records with the scores. What hurts
the platform rather than this homework (loops, hogs, broken archives) is in the class of hw1.
"""

from demo.recipes import Recipe, append, only, replace, unfinished, write

FILES = ("ngram.py", "data.py", "metrics.py", "cells.py", "regularise.py", "optim.py", "model.py")

CLASS = [
    # ---- complete -------------------------------------------------------------------------
    Recipe(
        "complete_without_bonus",
        "no bonus file, as a tar.gz",
        points=100,
        changes=[only("__init__.py", *FILES)],
        pack="tar.gz",
    ),
    Recipe(
        "한글_주석_윤서연",
        "Korean comments, identifiers and a Korean helper file",
        points=100,
        bonus=14,
        changes=[
            write("도움말.py", "def 두배(수):\n    return 2 * 수\n".encode()),
            append(
                "ngram.py",
                "\n\nfrom .도움말 import 두배\n\n"
                "# 아래는 제가 써 본 예입니다.\n"
                "예문 = NGram(두배(1)).fit([['나는', '학교에', '간다']])\n",
            ),
        ],
    ),
    # ---- partial --------------------------------------------------------------------------
    Recipe("untouched_template", "handed in as it was released", points=0, changes=[unfinished()]),
    Recipe(
        "partial_counting_only",
        "n-grams, data and metrics; nothing recurrent yet",
        points=30,
        changes=[unfinished("cells.py", "regularise.py", "optim.py", "model.py", "extensions.py")],
    ),
    Recipe(
        "partial_no_step_by_hand",
        "the backward step is not written",
        points=94,
        loses=["lstm_step"],
        bonus=14,
        changes=[unfinished("cells.py", names=("lstm_step_backward",))],
    ),
    # ---- careless bugs --------------------------------------------------------------------
    Recipe(
        "bug_perplexity_without_the_end",
        "forgets </s> in the perplexity of n-grams",
        points=98.33,
        loses=["ngram"],
        bonus=14,
        start="mutant perplexity_without_the_end",
    ),
    Recipe(
        "bug_batchify_by_rows",
        "neighbouring words stand in a row instead of a column",
        points=98,
        loses=["data"],
        bonus=14,
        changes=[
            replace(
                "data.py",
                ".view(batch_size, length).t().contiguous()",
                ".view(length, batch_size)",
            )
        ],
    ),
    Recipe(
        "bug_gru_resets_the_state",
        "applies the reset gate before the product",
        points=95.83,
        loses=["rnn_gru"],
        bonus=14,
        changes=[
            replace(
                "cells.py",
                "n = torch.tanh(x_n + r * h_n)",
                "rows = slice(2 * self.hidden_size, None)\n"
                "        n = torch.tanh(x_n + F.linear(r * h, self.weight_hh[rows], self.bias_hh[rows]))",
            )
        ],
    ),
    Recipe(
        "bug_forgets_zero_grad",
        "never clears the gradients",
        points=97.2,
        loses=["training"],
        bonus=14,
        start="mutant zero_grad_forgotten",
    ),
    Recipe(
        "bugs_in_three_files",
        "bits instead of nats, no root in AdaGrad, temperature multiplies",
        points=96.19,
        loses=["perplexity", "optimisers", "generation"],
        bonus=14,
        changes=[
            replace("metrics.py", "return math.exp(total_nll", "return 2 ** (total_nll"),
            replace(
                "optim.py",
                'squares = state.get("squares", 0) + grad**2\n'
                "    return param - lr * grad / (squares.sqrt() + eps)",
                'squares = state.get("squares", 0) + grad**2\n'
                "    return param - lr * grad / (squares + eps)",
            ),
            replace(
                "model.py",
                "torch.softmax(logits / temperature, dim=0)",
                "torch.softmax(logits * temperature, dim=0)",
            ),
        ],
    ),
    # ---- broken, endless, crashing, forbidden ---------------------------------------------
    Recipe(
        "syntax_error",
        "a colon is missing in metrics.py",
        points=90,
        loses=["cross_entropy", "perplexity"],
        bonus=14,
        changes=[
            replace(
                "metrics.py", "for logits, targets in batches:", "for logits, targets in batches"
            )
        ],
    ),
    Recipe(
        "uses_nn_lstm",
        "nn.LSTM inside the LSTM",
        points=92,
        loses=["lstm"],
        bonus=14,
        changes=[
            replace(
                "cells.py",
                "        self.dirs = 2 if bidirectional else 1\n",
                "        self.dirs = 2 if bidirectional else 1\n"
                "        self.theirs = nn.LSTM(input_size, hidden_size, num_layers)\n",
            )
        ],
    ),
    Recipe(
        "uses_autograd_for_the_step",
        "the backward step by torch.autograd",
        points=92,
        loses=["lstm_step"],
        bonus=14,
        changes=[
            replace(
                "cells.py",
                "    x, h, c, W_ih, W_hh, i, f, g, o, squashed = cache\n",
                "    x, h, c, W_ih, W_hh, i, f, g, o, squashed = cache\n"
                "    torch.autograd.grad(squashed.sum(), c, allow_unused=True)\n",
            )
        ],
    ),
    Recipe("broken_zip", "half of a zip", points=0, pack="half"),
]
