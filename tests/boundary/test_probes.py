"""`grader doctor` tries what it says."""

import json

import pytest
from click.testing import CliRunner

from grader.boundary import probes
from grader.cli import machine
from grader.cli.main import main
from grader.course.families import FAMILIES
from grader.course.family import Family


@pytest.fixture(scope="module")
def found():
    told = json.loads(CliRunner().invoke(main, ["doctor", "--json"]).output)
    return [probes.Probe(**probe) for probe in told]


def test_every_layer_of_a_guest_and_every_probe_holds_here(found):
    by_topic = {probe.topic: probe for probe in found}
    assert all(probe.ok for topic, probe in by_topic.items() if topic.startswith("protection_"))
    for name in probes._PROBES:
        assert by_topic[f"probe_{name}"].ok, by_topic[f"probe_{name}"]
    assert by_topic["families"] == probes.Probe("families", True, ", ".join(FAMILIES))


def test_in_korean(found, capsys):
    machine._show(found, "ko")
    assert "층:" in capsys.readouterr().out


def test_a_family_that_does_not_refuse_is_told_beside_those_that_do(monkeypatch):
    whole = FAMILIES["rectifiers"]
    hole = Family(**{**vars(whole), "uses": (*whole.uses, "torch.tanh(x)")})
    few = {"norms": FAMILIES["norms"], "rectifiers": hole, "scripts": FAMILIES["scripts"]}
    for name in ("grader.boundary.probes.FAMILIES", "grader.boundary.submitted.FAMILIES"):
        monkeypatch.setattr(name, few)
    held, broken = probes._families()
    assert (held.ok, held.detail) == (True, "norms, scripts")
    assert not broken.ok
    assert "rectifiers" in broken.detail
    assert "torch.tanh(x)" in broken.detail
