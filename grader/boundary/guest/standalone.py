"""A guest without a launcher, for a student's own machine on any system.

`grader check` starts it where fork is not to be had (macOS, Windows): one process serves all
exercises and is replaced after anything abnormal. There is no layer here and no secret either:
only the public checks exist on that machine.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import json
import os
import socket
import sys

from grader.boundary.guest import interpreter, refusal, server
from grader.boundary.guest.layers import Layers


def main() -> None:
    """Take the two sockets from the first line of stdin, what to arm from the second, and serve."""
    connection, output = (_socket(word) for word in sys.stdin.readline().split())
    told = json.loads(sys.stdin.readline())
    if sys.platform == "win32":
        # a socket is no file descriptor there: what Python prints is sent, the rest is lost
        printed = output.makefile("w", encoding="utf-8", errors="backslashreplace")
        keyboard = open(os.devnull, encoding="utf-8")  # noqa: SIM115 - as long as the process
        for name, file in (("stdin", keyboard), ("stdout", printed), ("stderr", printed)):
            interpreter.set_stream(name, file)
    else:
        interpreter.redirect(output)
        interpreter.open_streams()
    interpreter.look_ordinary()
    interpreter.start_no_process()
    os.environ["OMP_NUM_THREADS"] = "1"
    for name in told["preload"]:
        with contextlib.suppress(ImportError):  # fails again where the student's code needs it
            importlib.import_module(name)
    server.serve(connection, Layers(), refusal.arm(told["rules"]))


def _socket(word: str) -> socket.socket:
    if sys.platform == "win32":
        return socket.fromshare(base64.b64decode(word))
    return socket.socket(fileno=int(word))


if __name__ == "__main__":
    main()
