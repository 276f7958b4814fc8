"""The page of every key is what the code says now."""

import pytest

from docs import reference_toml


def test_the_committed_page_is_what_the_code_says():
    found = reference_toml.PAGE.read_text(encoding="utf-8")
    assert found == reference_toml.page(), "run: python -m docs.reference_toml"


def test_a_key_without_a_meaning_is_an_error(monkeypatch):
    module, function, variable, about = reference_toml.TABLES["assignment.toml"]
    less = {key: words for key, words in about.items() if key != "due"}
    changed = {"assignment.toml": (module, function, variable, less)}
    monkeypatch.setattr(reference_toml, "TABLES", changed)
    with pytest.raises(ValueError, match="due is not described"):
        reference_toml.page()
