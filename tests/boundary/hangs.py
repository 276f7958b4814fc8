"""A library that is never imported to its end."""

import signal

signal.pause()
