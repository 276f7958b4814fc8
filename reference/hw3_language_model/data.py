"""From sentences to batches: vocabulary, one stream of ids, parallel columns, windows.

Shapes:

    N  ids of the stream      B  columns read side by side      T  ids of a column (time)
"""

from __future__ import annotations

from collections import Counter

from torch import Tensor

UNKNOWN, END_OF_SENTENCE = "<unk>", "<eos>"


class Vocabulary:
    """The words of some sentences, numbered.

    .tokens: list[str]: id 0 is "<unk>", id 1 is "<eos>"; then the words in descending order of
    count, ties in code point order. `min_count` is applied first, then `max_size`, in which both
    special tokens are counted. The strings "<unk>" and "<eos>" in a sentence never get a second id.

    Raises ValueError naming max_size or min_count when it is below 1.
    """

    def __init__(
        self, sentences: list[list[str]], max_size: int | None = None, min_count: int = 1
    ) -> None:
        ### BEGIN SOLUTION
        if max_size is not None and max_size < 1:
            raise ValueError("max_size must be at least 1")
        if min_count < 1:
            raise ValueError("min_count must be at least 1")
        counts = Counter(word for sentence in sentences for word in sentence)
        del counts[UNKNOWN], counts[END_OF_SENTENCE]
        frequent = [word for word, count in counts.items() if count >= min_count]
        frequent.sort(key=lambda word: (-counts[word], word))
        self.tokens = [UNKNOWN, END_OF_SENTENCE, *frequent][:max_size]
        self._ids = {token: i for i, token in enumerate(self.tokens)}
        ### END SOLUTION

    def __len__(self) -> int:
        ### BEGIN SOLUTION
        return len(self.tokens)
        ### END SOLUTION

    def encode(self, sentences: list[list[str]]) -> list[int]:
        """One stream of ids: the words of every sentence, an unknown one as 0, and 1 after each
        sentence, including an empty one.
        """
        ### BEGIN SOLUTION
        return [
            self._ids.get(word, 0) for sentence in sentences for word in [*sentence, END_OF_SENTENCE]
        ]
        ### END SOLUTION


def batchify(ids: Tensor, batch_size: int) -> Tensor:
    """Cut ids (N,) into batch_size pieces of equal length T and put them side by side: (T, B).

    Column b contains the ids from b T on; ids at the end that do not fill a row are dropped.
    Raises ValueError naming batch_size when it is below 1.
    """
    ### BEGIN SOLUTION
    if batch_size < 1:
        raise ValueError("batch_size must be at least 1")
    length = len(ids) // batch_size
    return ids[: length * batch_size].view(batch_size, length).t().contiguous()  # (N,) -> (T, B)
    ### END SOLUTION


def windows(data: Tensor, bptt: int) -> list[tuple[Tensor, Tensor]]:
    """Cut data (T, B) along time into pairs of inputs and targets, both (t, B).

    The targets are the ids one step after the inputs. t is bptt, the last window may be shorter;
    every id but those of the first row is a target exactly once. Fewer than two rows: no window.
    """
    ### BEGIN SOLUTION
    inputs, targets = data[:-1], data[1:]  # (T - 1, B) each
    starts = range(0, len(inputs), bptt)
    return [(inputs[s : s + bptt], targets[s : s + bptt]) for s in starts]
    ### END SOLUTION
