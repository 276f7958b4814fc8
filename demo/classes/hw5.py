"""The class of hw5: each entry is one student, what happened, and the score it must get.

`python -m demo.build hw5` builds it from the reference and these recipes. A test compares the
records with the scores. What hurts
the platform rather than this homework (loops, hogs, broken archives) is in the class of hw1.
"""

from demo.recipes import Recipe, append, only, replace, unfinished

REQUIRED = (
    "attention.py",
    "seq2seq.py",
    "decode.py",
    "transformer.py",
    "training.py",
    "bert.py",
)
BONUS = ("copy_task.py", "extensions.py", "pretraining.py", "lstm_seq2seq.py")

CLASS = [
    # ---- complete -------------------------------------------------------------------------
    Recipe(
        "complete_yoon_zip",
        "everything right, as a zip, without the bonus",
        points=100,
        pack="zip",
        changes=[only(*REQUIRED)],
    ),
    Recipe(
        "한글_주석_정하늘",
        "Korean name, comments and identifiers",
        points=100,
        bonus=23,
        changes=[
            append(
                "bert.py",
                "\n\n# 아래는 제가 써 본 예입니다.\n어휘 = ['서울', '##역', '##에']\n조각 = wordpiece('서울역에', 어휘)\n",
            )
        ],
    ),
    # ---- partial --------------------------------------------------------------------------
    Recipe("untouched_template", "handed in as it was released", points=0, changes=[unfinished()]),
    Recipe(
        "attention_and_seq2seq_only",
        "the recurrent half: no Transformer, no training, no BERT",
        points=55,
        loses=[
            "positions_masks",
            "scaled_attention",
            "multi_head",
            "layers",
            "transformer",
            "fit",
            "loss_and_batches",
            "bleu",
            "bert_inputs",
        ],
        changes=[
            unfinished("transformer.py", "training.py", "bert.py", *BONUS),
        ],
    ),
    Recipe(
        "forgot_bert",
        "bert.py is not there",
        points=95,
        loses=["bert_inputs"],
        bonus=23,
        changes=[
            only("attention.py", "seq2seq.py", "decode.py", "transformer.py", "training.py", *BONUS)
        ],
    ),
    Recipe(
        "no_beam_yet",
        "greedy search is written, beam search is not",
        points=90,
        loses=["beam_search"],
        bonus=23,
        changes=[unfinished("decode.py", names=("beam_search", "beam_search_table"))],
    ),
    # ---- careless bugs --------------------------------------------------------------------
    Recipe(
        "bug_no_root_of_d",
        "attention scores are not divided",
        points=94,
        loses=["scaled_attention"],
        bonus=23,
        start="mutant no_root_of_d",
    ),
    Recipe(
        "bug_input_feeding",
        "zeros are fed instead of the last attentional vector",
        points=99,
        loses=["decoder"],
        bonus=23,
        start="mutant input_feeding_forgotten",
    ),
    Recipe(
        "bug_greedy_stops_early",
        "all rows stop at the first eos",
        points=96.88,
        loses=["greedy"],
        bonus=23,
        start="mutant greedy_stops_at_the_first_eos",
    ),
    Recipe(
        "bug_bleu_without_clipping",
        "n-grams are not clipped, the last best is taken for the closest reference",
        points=98.35,
        loses=["bleu"],
        bonus=23,
        changes=[
            replace(
                "training.py",
                "matches[n - 1] += (counts & allowed).total()",
                "matches[n - 1] += sum(c for gram, c in counts.items() if gram in allowed)",
            ),
            replace(
                "training.py", "(abs(r - len(hypothesis)), r)", "(abs(r - len(hypothesis)), -r)"
            ),
        ],
    ),
    Recipe(
        "bugs_in_three_files",
        "eps outside the root, segment of [SEP], the coin from the global generator",
        points=98.74,
        loses=["seq2seq", "layers", "bert_inputs"],
        bonus=23,
        changes=[
            replace("transformer.py", "torch.sqrt(variance + eps)", "(torch.sqrt(variance) + eps)"),
            replace(
                "bert.py",
                "[*segments, *[1] * (len(second) + 1)]",
                "[*segments[:-1], *[1] * (len(second) + 2)]",
            ),
            replace(
                "seq2seq.py",
                "torch.rand((), generator=generator).item()",
                "torch.rand(()).item()",
            ),
        ],
    ),
    # ---- broken, endless, crashing, forbidden ----------------------------------------------
    Recipe(
        "syntax_error",
        "a bracket is missing in decode.py",
        points=85,
        loses=["greedy", "beam_search"],
        bonus=23,
        changes=[
            replace("decode.py", "log_probs.argmax(dim=-1)  # (B,)", "log_probs.argmax(dim=-1")
        ],
    ),
    Recipe(
        "uses_layer_norm",
        "layer norm by torch",
        points=94,
        loses=["layers"],
        bonus=23,
        changes=[
            replace(
                "transformer.py",
                "    centred = x - x.mean(dim=-1, keepdim=True)",
                "    return nn.functional.layer_norm(x, x.shape[-1:], gain, bias, eps)\n"
                "    centred = x - x.mean(dim=-1, keepdim=True)",
            )
        ],
    ),
    Recipe(
        "uses_sacrebleu",
        "BLEU by sacrebleu, imported at the top",
        points=90,
        loses=["fit", "loss_and_batches", "bleu"],
        bonus=23,  # the reversal imports training.py, which has paid for sacrebleu
        changes=[append("training.py", "\nimport sacrebleu\n")],
    ),
    # ---- hostile --------------------------------------------------------------------------
]
