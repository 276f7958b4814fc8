"""The wall between the checks and the student's code.

Theory of operation. Three processes, each with one role:

    trusted    runs pytest and the hidden checks, knows the expected values, writes the record
    launcher   a clean interpreter that has imported numpy and torch once, and in whose memory no
               secret ever was; it runs no student code
    guest      forked from the launcher for one exercise; it puts on its layers, then imports
               what the exercise can reach of the submission, and answers calls

Launcher and trusted process are twins where they can be (`twins.py`): one interpreter, started by
exec with nothing of ours, imports the libraries, forks the launcher, and is told only then what it
is for. Elsewhere the launcher is started by exec itself (`launchers.py`).

Two stream sockets join trusted and guest (`channel.py`): one carries calls and plain data
(`wire.py`, `replies.py`), the other what the student prints. The launcher hands them to the
guest and keeps neither.

A guest may have a GPU (`devices.py`, `gpu_launcher.py`, `guest/cuda.py`): the grading process takes
a seat on one, and its guests are forked from a launcher whose world has the device's files. Only
guests open them.

The first guest of a submission imports nothing of it: it reads the source, and says which files
each exercise can reach (`guest/reach.py`, `surveys.py`). The others get only these (`views.py`).

Words: the wall is all of this; a layer is one mechanism of the kernel's around a guest; `Guests`
are those of one submission, one after another; a `Channel` is the trusted end of one guest.

Everything in `guest/` runs beside student code and imports nothing from us but `wire` and
`replies`; the other files are the trusted end. This file imports nothing, because guests import it.
"""
