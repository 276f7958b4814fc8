"""Hidden checks of the rule that a function works on the device of its input, without a GPU.

On torch's meta device a tensor has a shape but no numbers, and one that was made on the CPU does
not go with it. Code that reads a number is not judged here (see `student.on_meta`).
"""

import torch

X, IDS = torch.ones(4, 3, 6), torch.ones(4, 3, dtype=torch.int64)
PARAMETER = torch.ones(2, 3)

CALLS = {
    "rnn_cell": lambda s: [(s.cells.RNNCell(6, 5), X[0])],
    "gru_cell": lambda s: [(s.cells.GRUCell(6, 5), X[0])],
    "lstm_cell": lambda s: [(s.cells.LSTMCell(6, 5), X[0])],
    "lstm": lambda s: [
        (s.cells.LSTM(6, 5, 2), X),
        (s.cells.LSTM(6, 5, bidirectional=True), X, None, torch.tensor([4, 2, 1])),
    ],
    "model": lambda s: [(s.model.LSTMLanguageModel(9, 4, 5, dropout=0.5), IDS)],
    **{
        name: lambda s, name=name: [(getattr(s.optim, name), PARAMETER, PARAMETER, {}, 0.1)]
        for name in ("momentum", "nesterov", "adagrad", "rmsprop", "adam")
    },
    "adadelta": lambda s: [(s.extensions.adadelta, PARAMETER, PARAMETER, {})],
}


def stays(student, name):
    for function, *arguments in CALLS[name](student):
        function(*arguments)  # what fails anywhere says nothing about devices
        student.on_meta(function, *arguments)


def test_rnn_cell_stays_on_the_device(student):
    stays(student, "rnn_cell")


def test_gru_cell_stays_on_the_device(student):
    stays(student, "gru_cell")


def test_lstm_cell_stays_on_the_device(student):
    stays(student, "lstm_cell")


def test_lstm_stays_on_the_device(student):
    stays(student, "lstm")


def test_model_stays_on_the_device(student):
    stays(student, "model")


def test_momentum_stays_on_the_device(student):
    stays(student, "momentum")


def test_nesterov_stays_on_the_device(student):
    stays(student, "nesterov")


def test_adagrad_stays_on_the_device(student):
    stays(student, "adagrad")


def test_rmsprop_stays_on_the_device(student):
    stays(student, "rmsprop")


def test_adam_stays_on_the_device(student):
    stays(student, "adam")


def test_adadelta_stays_on_the_device(student):
    stays(student, "adadelta")
