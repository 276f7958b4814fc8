"""Hidden checks of the rule that a function works on the device of its input, without a GPU.

On torch's meta device a tensor has a shape but no numbers, and one that was made on the CPU does
not go with it. Code that reads a number is not judged here (see `student.on_meta`).
"""

import torch

from grader.checking.expect import expect_on_device

X, IDS = torch.ones(4, 3, 6), torch.ones(4, 3, dtype=torch.int64)
PARAMETER = torch.ones(2, 3)


def test_rnn_cell_stays_on_the_device(student):
    expect_on_device(student, student.cells.RNNCell(6, 5), X[0])


def test_gru_cell_stays_on_the_device(student):
    expect_on_device(student, student.cells.GRUCell(6, 5), X[0])


def test_lstm_cell_stays_on_the_device(student):
    expect_on_device(student, student.cells.LSTMCell(6, 5), X[0])


def test_lstm_stays_on_the_device(student):
    expect_on_device(student, student.cells.LSTM(6, 5, 2), X)
    both = student.cells.LSTM(6, 5, bidirectional=True)
    expect_on_device(student, both, X, None, torch.tensor([4, 2, 1]))


def test_model_stays_on_the_device(student):
    model = student.model.LSTMLanguageModel(9, 4, 5, dropout=0.5)
    expect_on_device(student, model, IDS)


def test_batchify_stays_on_the_device(student):
    expect_on_device(student, student.data.batchify, torch.arange(11), 2)


def test_dropout_stays_on_the_device(student):
    expect_on_device(student, student.regularise.dropout, X, 0.5, True, 1)


def test_momentum_stays_on_the_device(student):
    expect_on_device(student, student.optim.momentum, PARAMETER, PARAMETER, {}, 0.1)


def test_nesterov_stays_on_the_device(student):
    expect_on_device(student, student.optim.nesterov, PARAMETER, PARAMETER, {}, 0.1)


def test_adagrad_stays_on_the_device(student):
    expect_on_device(student, student.optim.adagrad, PARAMETER, PARAMETER, {}, 0.1)


def test_rmsprop_stays_on_the_device(student):
    expect_on_device(student, student.optim.rmsprop, PARAMETER, PARAMETER, {}, 0.1)


def test_adam_stays_on_the_device(student):
    expect_on_device(student, student.optim.adam, PARAMETER, PARAMETER, {}, 0.1)


def test_adadelta_stays_on_the_device(student):
    expect_on_device(student, student.extensions.adadelta, PARAMETER, PARAMETER, {})
