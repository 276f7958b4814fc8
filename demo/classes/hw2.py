"""The class of hw2: each entry is one student, what happened, and the score it must get.

`python -m demo.build hw2` builds it from the reference and these recipes. A test compares the
records with the scores. What hurts
the platform rather than this homework (loops, hogs, broken archives) is in the class of hw1.
"""

from demo.recipes import Recipe, append, only, replace, unfinished

FILES = (
    "corpus.py",
    "sampling.py",
    "skipgram.py",
    "cbow.py",
    "hierarchical.py",
    "glove.py",
    "subword.py",
    "evaluate.py",
    "extensions.py",
    "trainers.py",
)

CLASS = [
    # ---- complete -------------------------------------------------------------------------
    Recipe("complete_oh_zip", "everything right, as a zip", points=100, bonus=11, pack="zip"),
    Recipe(
        "complete_without_bonus",
        "no bonus file",
        points=100,
        changes=[only(*FILES[:-2])],
    ),
    Recipe(
        "한글_주석_서연",
        "Korean comments and identifiers, and a try of her own at the end of a file",
        points=100,
        bonus=11,
        changes=[
            append(
                "subword.py",
                "\n\n# 제가 직접 확인해 본 예입니다.\n확인 = to_jamo('시나브로')\n",
            ),
            replace(
                "skipgram.py",
                "(2,), generator=generator)",
                "(2,), generator=generator  # 씨앗 두 개\n        )",
            ),
        ],
    ),
    Recipe(
        "prints_every_step",
        "prints the loss of every step",
        points=100,
        bonus=11,
        changes=[
            replace(
                "skipgram.py",
                "            optimiser.step()\n",
                "            optimiser.step()\n            print('손실', len(pair), 'x' * 1000)\n",
            )
        ],
    ),
    # ---- partial --------------------------------------------------------------------------
    Recipe("untouched_template", "handed in as it was released", points=0, changes=[unfinished()]),
    Recipe(
        "partial_corpus_only",
        "only corpus.py is written",
        points=15,
        changes=[unfinished(*FILES[1:])],
    ),
    Recipe(
        "partial_no_training",
        "the loss and its gradient are there, the model and its training are not",
        points=88,
        bonus=11,
        changes=[unfinished("skipgram.py", names=("__init__", "forward", "train"))],
    ),
    Recipe(
        "partial_no_sampler",
        "sampling.py is not written, so nothing can be trained; train itself is right",
        points=85,
        bonus=11,
        changes=[unfinished("sampling.py")],
    ),
    # ---- careless bugs --------------------------------------------------------------------
    Recipe(
        "bug_mean_loss_plain_sgd",
        "plain steps of 0.025 on the mean over a batch: nothing is learnt",
        points=95.83,
        bonus=11,
        start="mutant train_literal_mean_and_sgd",
    ),
    Recipe(
        "bug_no_edges",
        "words near the edges of a sentence make no pairs",
        points=96,
        bonus=11,
        start="mutant pairs_without_edges",
    ),
    Recipe(
        "bug_codes_upside_down",
        "Huffman's paths and codes run from the leaf to the root",
        points=95.5,
        bonus=11,
        start="mutant huffman_from_the_leaf",
    ),
    Recipe(
        "bugs_in_three_files",
        "0 ** 0, a table over the ends of sentences, dot products for cosines",
        points=95.64,
        bonus=11,
        changes=[
            replace("sampling.py", "torch.where(counts > 0, weights, 0.0)", "weights"),
            replace(
                "glove.py",
                "    for sentence in sentences:\n",
                "    for sentence in [sum(sentences, [])]:\n",
            ),
            replace("evaluate.py", "(units @ units[own])", "(vectors @ vectors[own])"),
        ],
    ),
    # ---- broken ---------------------------------------------------------------------------
    Recipe(
        "syntax_error",
        "a bracket is missing in glove.py",
        points=90,
        bonus=11,
        changes=[replace("glove.py", 'WEIGHTINGS = ("flat", "harmonic")', 'WEIGHTINGS = ("flat"')],
    ),
    Recipe(
        "trains_at_import",
        "reads text8 from his own laptop when skipgram.py is imported",
        points=70,
        bonus=11,
        changes=[append("skipgram.py", "\ntrain([line.split() for line in open('text8')])\n")],
    ),
    # ---- endless, crashing, forbidden -----------------------------------------------------
    Recipe(
        "segfault_in_sampler",
        "dies of a segmentation fault in sample",
        points=96,
        bonus=11,
        changes=[
            replace(
                "sampling.py",
                "        device = self.threshold.device\n",
                "        import os\n\n        os.kill(os.getpid(), 11)\n        device = self.threshold.device\n",
            )
        ],
    ),
    Recipe(
        "uses_gensim",
        "vectors by gensim",
        points=95,
        bonus=11,
        changes=[append("evaluate.py", "\nfrom gensim.models import KeyedVectors\n")],
    ),
    Recipe(
        "gradients_by_autograd",
        "autograd where the gradients should be written out; training may use it",
        points=90,
        loses=["sgns_gradients"],
        bonus=11,
        start="mutant gradient_by_autograd",
    ),
    Recipe(
        "sampler_by_multinomial",
        "torch.multinomial instead of the table",
        points=90,
        loses=["alias"],
        bonus=11,
        changes=[
            replace(
                "sampling.py",
                "        return torch.where(draw < self.threshold[column], column, self.alias[column])",
                "        return torch.multinomial(self.threshold, draw.numel(), replacement=True).reshape(shape)",
            )
        ],
    ),
    # ---- hostile --------------------------------------------------------------------------
]
