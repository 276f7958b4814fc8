"""Every model and loss of the references stays on the device of its input: on torch's meta device.

A tensor there has no numbers, so what reads them (a check of the arguments, an early stop) cannot
run; `grader.boundary.guest.devices` says whether a call got through.
"""

import pytest
import torch

from grader.boundary.guest import devices
from reference.hw1_classification import network
from reference.hw2_word2vec import skipgram
from reference.hw3_language_model import cells, fused, model, regularise
from reference.hw4_hmm_tagger import conv, neural
from reference.hw5_seq2seq import attention, seq2seq, transformer

X, IDS = torch.ones(4, 3, 6), torch.ones(4, 3, dtype=torch.int64)
LENGTHS = torch.tensor([3, 3, 3, 3])
CELL = (torch.ones(4, 6), (torch.ones(4, 5), torch.ones(4, 5)))
PAIRS = (torch.ones(2, 3), torch.ones(2, 3), torch.ones(2, 4, 3))
PARAMETERS = network.initialise(6, 4, 2, "he")
TRANSFORMER = transformer.Transformer(9, 9, 8, 2, 1, 16)

CALLS = {
    "hw1 forward": (network.forward, PARAMETERS, torch.ones(3, 6)),
    "hw2 sgns_loss": (skipgram.sgns_loss, *PAIRS),
    "hw2 sgns_gradients": (skipgram.sgns_gradients, *PAIRS),
    "hw2 SkipGram": (skipgram.SkipGram(9, 3), IDS[0], IDS[0], IDS[:3]),
    "hw3 LSTMCell": (cells.LSTMCell(6, 5), *CELL),
    "hw3 LSTM": (cells.LSTM(6, 5, 2), X),
    "hw3 LSTM both ways": (cells.LSTM(6, 5, bidirectional=True), X),
    "hw3 FusedLSTM": (fused.FusedLSTM(6, 5), X),
    "hw3 language model": (model.LSTMLanguageModel(9, 4, 4, dropout=0.5), IDS),
    "hw3 l2_penalty": (regularise.l2_penalty, [X]),
    "hw4 conv1d": (conv.conv1d, X, torch.ones(2, 2, 6), torch.ones(2)),
    "hw4 max_over_time": (conv.max_over_time, X),
    "hw5 dot_scores": (attention.dot_scores, torch.ones(4, 6), X),
    "hw5 masked_softmax": (attention.masked_softmax, X, X > 0),
    "hw5 attend": (attention.attend, torch.ones(4, 3), X, torch.ones(4, 3).bool()),
    "hw5 Decoder": (seq2seq.Decoder(9, 4, 6).step, IDS[:, 0], (X[:, 0], X[:, 0]), X, IDS > 0),
    "hw5 padding_mask": (transformer.padding_mask, LENGTHS, 3),
    "hw5 EncoderLayer": (transformer.EncoderLayer(6, 2, 8, 0.5), X),
    "hw5 DecoderLayer": (transformer.DecoderLayer(6, 2, 8), X, X, IDS[:3] > 0),
    "hw5 Transformer": (TRANSFORMER, IDS, LENGTHS, IDS),
}


@pytest.mark.parametrize("name", CALLS)
def test_it_runs_where_its_input_is(name):
    function, *args = CALLS[name]
    owner, method = getattr(function, "__self__", None), ""
    owner, method = (function, "") if owner is None else (owner, function.__name__)
    _, places, decided = devices.on_meta(owner, method, args, {})
    assert decided
    assert places
    assert set(places) == {"meta"}


def test_the_tagger_makes_its_inputs_where_its_weights_are():
    """Only packing needs the CPU: the lengths of the words, which are there."""
    tagger = neural.BiLSTMTagger(["나는", "간다"], ["A", "B"]).to("meta")
    with devices._watched():
        logits = neural._logits(tagger, ["나는", "새"], torch.tensor([True, False]))
    assert (logits.shape, logits.device.type) == ((2, 2), "meta")
