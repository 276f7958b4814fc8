"""The wall between the checks and the student's code.

Theory of operation. Three processes, each with one role:

    trusted    runs pytest and the hidden checks, knows the expected values, writes the record
    launcher   a clean interpreter (started by exec, so no secret was ever in its memory) that
               has imported numpy and torch once; it runs no student code
    guest      forked from the launcher for one exercise; it confines itself, then imports the
               submission and answers calls

Two stream sockets join trusted and guest: one carries calls and plain data (`wire.py`), the
other what the student prints. The launcher hands them to the guest and keeps neither.

`host.py` and `proxy.py` are the trusted end; everything in `guest/` runs beside student code
and imports nothing from us but `wire`. This file imports nothing, because guests import it.
"""
