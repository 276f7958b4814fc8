"""A JSON file of ours is read whole; whatever else it is, that is one error."""

import pytest

from grader.json_file import Damaged, read_json


def test_a_file_is_what_is_made_of_it(tmp_path):
    path = tmp_path / "some.json"
    path.write_text('{"schema": "ours/v1", "이름": [1, 2]}', encoding="utf-8")
    assert read_json(path, lambda data: data["이름"]) == [1, 2]
    assert read_json(path, dict, "ours/v1") == {"이름": [1, 2]}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"schema": "ours/v1", "x": ',
        b'{"schema": "ours/v1", "x": "\xff"}',
        b"[" * 200_000,
        b"null",
        b"[]",
        b"{}",
        b'{"schema": "ours/v2", "x": 1}',
        b'{"schema": "ours/v1"}',
        b'{"schema": "ours/v1", "x": null}',
        b'{"schema": "ours/v1", "x": "much"}',
        b'{"schema": "ours/v1", "x": []}',
        b'{"schema": "ours/v1", "x": 1' + b"0" * 400 + b"}",
    ],
)
def test_anything_else_is_damaged(tmp_path, content):
    path = tmp_path / "some.json"
    path.write_bytes(content)
    with pytest.raises(Damaged, match="."):
        read_json(path, lambda data: float(data["x"]), "ours/v1")


def test_a_file_that_is_not_there_is_damaged(tmp_path):
    with pytest.raises(Damaged, match="No such file"):
        read_json(tmp_path / "none.json", dict)
