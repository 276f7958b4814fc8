"""The places that hand-ins come from, a module each.

Each has `recognises(node, wanted)` and `read(node, wanted, known)`, which gives a `Seen`; `known`
are the ids on the roster.
"""
