"""Hidden checks of the rule for all functions: what a call leaves as it was.

Every function has its line in CALLS and its check; those of strings alone (`char_ngrams`,
`to_jamo`) can change nothing. The values of these calls are other checks' business.
"""

import torch

from grader.checking.expect import expect_equal, expect_left_alone

SENTENCES = [["b", "a", "c", "a"], ["c", "b"], ["a", "d", "b", "c", "c"]]
IDS = [3, 0, 2, 2, 1, 0, 3, 1]
COUNTS = torch.tensor([9, 1, 40, 3])
KEEP = torch.tensor([0.9, 0.2, 0.5, 0.7], dtype=torch.float64)
P = torch.tensor([0.1, 0.05, 0.6, 0.25], dtype=torch.float64)
TOKENS = ["d", "a", "c", "b"]


def normal(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64)


VECTORS = [normal(3, 4), normal(3, 4, seed=1), normal(3, 2, 4, seed=2)]
MASK = torch.tensor([[True, False], [True, True], [False, True]])
TABLE = normal(4, 4, seed=3).abs() * 9
BATCH = [torch.tensor([2, 0, 2]), torch.tensor([1, 3, 0]), torch.tensor([[3, 1], [2, 0], [1, 1]])]

# The function of each check, and the arguments of an ordinary call.
CALLS = {
    "vocabulary": lambda s: (s.corpus.Vocabulary, [SENTENCES, 1]),
    "encode": lambda s: (s.corpus.Vocabulary(SENTENCES).encode, [["c", "x", "a", "a", "b"]]),
    "keep": lambda s: (s.corpus.keep_probability, [COUNTS.double()]),
    "subsample": lambda s: (s.corpus.subsample, [IDS, KEEP, 7]),
    "pairs": lambda s: (s.corpus.skipgram_pairs, [IDS, 2]),
    "cbow_examples": lambda s: (s.corpus.cbow_examples, [IDS, 2]),
    "noise": lambda s: (s.sampling.negative_distribution, [COUNTS.double()]),
    "alias": lambda s: (s.sampling.AliasSampler, [P]),
    "sample": lambda s: (s.sampling.AliasSampler(P).sample, [(6, 2), 5]),
    "loss": lambda s: (s.skipgram.sgns_loss, VECTORS),
    "gradients": lambda s: (s.skipgram.sgns_gradients, VECTORS),
    "model_forward": lambda s: (s.skipgram.SkipGram(4, 3).forward, BATCH),
    "train": lambda s: (s.skipgram.train, [SENTENCES, 4, 2, 2, 1, 0.025, 1, 1.0]),
    "cbow": lambda s: (s.cbow.cbow_loss, [normal(3, 2, 4, seed=4), MASK, *VECTORS[1:]]),
    "softmax": lambda s: (s.cbow.softmax_loss, [VECTORS[0], normal(5, 4, seed=5), BATCH[0]]),
    "huffman": lambda s: (s.hierarchical.huffman, [[4, 2, 7, 1, 30]]),
    "hierarchical_loss": lambda s: (
        s.hierarchical.hierarchical_loss,
        [normal(4), normal(3, 4, seed=6), [2, 0], [1, 0]],
    ),
    "cooccurrence": lambda s: (s.glove.cooccurrence, [SENTENCES, TOKENS, 2]),
    "conditional": lambda s: (s.glove.conditional, [TABLE]),
    "glove_weight": lambda s: (s.glove.glove_weight, [20 * TABLE]),
    "glove_loss": lambda s: (
        s.glove.glove_loss,
        [normal(4, 2), normal(4, 2, seed=1), normal(4), normal(4, seed=1), TABLE],
    ),
    "subword_vector": lambda s: (s.subword.subword_vector, ["river", normal(50, 3)]),
    "nearest": lambda s: (s.evaluate.nearest, [TOKENS, normal(4, 3), "c", 2]),
    "analogy": lambda s: (s.evaluate.analogy, [TOKENS, normal(4, 3), "c", "a", "d"]),
    "spearman": lambda s: (s.evaluate.spearman, [[3, 1, 2, 9], [2.5, 0.5, 4.0, 1.0]]),
    "one_hot": lambda s: (s.extensions.one_hot, [BATCH[0], 4]),
    "ppmi": lambda s: (s.extensions.ppmi, [TABLE]),
    "lsa": lambda s: (s.extensions.lsa, [TABLE, 2]),
}


def leaves_alone(student, name):
    function, arguments = CALLS[name](student)
    expect_left_alone(student, function, *arguments)


def test_vocabulary_leaves_all_else_alone(student):
    leaves_alone(student, "vocabulary")


def test_encode_leaves_all_else_alone(student):
    leaves_alone(student, "encode")


def test_keep_leaves_all_else_alone(student):
    leaves_alone(student, "keep")


def test_subsample_leaves_all_else_alone(student):
    leaves_alone(student, "subsample")


def test_pairs_leaves_all_else_alone(student):
    leaves_alone(student, "pairs")


def test_cbow_examples_leaves_all_else_alone(student):
    leaves_alone(student, "cbow_examples")


def test_noise_leaves_all_else_alone(student):
    leaves_alone(student, "noise")


def test_alias_leaves_all_else_alone(student):
    leaves_alone(student, "alias")


def test_sample_leaves_all_else_alone(student):
    leaves_alone(student, "sample")


def test_loss_leaves_all_else_alone(student):
    leaves_alone(student, "loss")


def test_gradients_leaves_all_else_alone(student):
    leaves_alone(student, "gradients")


def test_model_forward_leaves_all_else_alone(student):
    leaves_alone(student, "model_forward")


def test_train_leaves_all_else_alone(student):
    before = student.generators(of_torch=False)  # nn.Embedding draws from torch's
    function, arguments = CALLS["train"](student)
    _, after = student.with_arguments(function, *arguments)
    expect_equal(after, arguments, "the arguments after the call")
    generators = student.generators(of_torch=False)
    expect_equal(generators, before, "the global generators of random and NumPy")


def test_cbow_leaves_all_else_alone(student):
    leaves_alone(student, "cbow")


def test_softmax_leaves_all_else_alone(student):
    leaves_alone(student, "softmax")


def test_huffman_leaves_all_else_alone(student):
    leaves_alone(student, "huffman")


def test_hierarchical_loss_leaves_all_else_alone(student):
    leaves_alone(student, "hierarchical_loss")


def test_cooccurrence_leaves_all_else_alone(student):
    leaves_alone(student, "cooccurrence")


def test_conditional_leaves_all_else_alone(student):
    leaves_alone(student, "conditional")


def test_glove_weight_leaves_all_else_alone(student):
    leaves_alone(student, "glove_weight")


def test_glove_loss_leaves_all_else_alone(student):
    leaves_alone(student, "glove_loss")


def test_subword_vector_leaves_all_else_alone(student):
    leaves_alone(student, "subword_vector")


def test_nearest_leaves_all_else_alone(student):
    leaves_alone(student, "nearest")


def test_analogy_leaves_all_else_alone(student):
    leaves_alone(student, "analogy")


def test_spearman_leaves_all_else_alone(student):
    leaves_alone(student, "spearman")


def test_one_hot_leaves_all_else_alone(student):
    leaves_alone(student, "one_hot")


def test_ppmi_leaves_all_else_alone(student):
    leaves_alone(student, "ppmi")


def test_lsa_leaves_all_else_alone(student):
    leaves_alone(student, "lsa")
