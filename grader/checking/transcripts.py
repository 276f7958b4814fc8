"""Verdicts by transcript: where every reply is known, the check itself need not run.

A check is a function of the replies that it gets. For each case there is a tree: a node is the
next question as a ready frame, its branches are digests of replies, a leaf says that the check
passed. As long as a guest answers what another submission's has answered, its questions come from
the tree and its replies are not even decoded; the first unknown one wakes the check. The guest is
asked exactly the same in both ways.

Only passes are kept: of what went wrong a student reads the particulars. A hostile reply names
nothing but its own bytes, so a submission can only earn what a check has judged, byte for byte.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from grader.boundary.guests import Guests
from grader.checking.conversation import Question, Step, ask
from grader.errors import AssignmentInvalid

ROOM = 64 << 20  # bytes of questions and nodes in one process
_NODE = 400  # bytes of a node beside its question


@dataclass
class _Node:
    """After certain replies: what is asked next, or that the check has passed."""

    question: Question | None = None
    passed: bool = False
    after: dict[bytes, _Node] = field(default_factory=dict)


class Transcripts:
    """The passes of each case, by what was said.

    While `proving` nothing is taken for known, and a case that asks otherwise after the same
    replies is `AssignmentInvalid`.
    """

    def __init__(self, room: int = ROOM) -> None:
        self.proving = False
        self._room = room
        self._unsteady: set[str] = set()
        self._cases: dict[str, _Node] = {}
        self._questions: dict[Question, Question] = {}  # one copy of each

    def follow(self, case: str, guests: Guests) -> tuple[bool, list[Step]]:
        """Ask as long as the replies are known: whether the case has passed so, and what was said.

        Where it has not passed, the last answer is new: the check goes on from there.
        """
        node, said = None if self.proving else self._cases.get(case), list[Step]()
        while node is not None and not node.passed and node.question is not None:
            step = ask(guests, node.question)
            said.append(step)
            key = step.key()
            node = node.after.get(key) if key else None
        return node is not None and node.passed, said

    def keep(self, case: str, said: Sequence[Step]) -> None:
        """The case has passed when this was said."""
        keys = [step.key() for step in said]
        if case in self._unsteady or None in keys or not said:  # said: all of it was kept
            return
        node = self._cases.setdefault(case, _Node())
        for step, key in zip(said, keys, strict=True):
            assert key is not None
            if node.question is None and not node.passed:
                node.question = self._one(step.question)
            elif node.question != step.question:
                self.forget(case)
                return
            if key not in node.after:
                if self._room <= 0:
                    return
                self._room -= _NODE
                node.after[key] = _Node()
            node = node.after[key]
        if node.question is not None:
            self.forget(case)
            return
        node.passed = True

    def forget(self, case: str) -> None:
        """The case does not always ask the same after the same replies: it is run every time."""
        if self.proving:
            raise AssignmentInvalid("error.unsteady_check", check=case.rpartition("::test_")[2])
        self._unsteady.add(case)
        self._cases.pop(case, None)

    def _one(self, question: Question) -> Question:
        if question not in self._questions:
            self._questions[question] = question
            self._room -= sum(map(len, question)) if type(question) is tuple else len(question)
        return self._questions[question]
