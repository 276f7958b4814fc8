"""`grader doctor` tries what it says."""

import json

from click.testing import CliRunner

from grader.boundary import probes
from grader.cli.main import main


def test_every_layer_of_a_guest_and_every_probe_holds_here():
    found = {probe.topic: probe for probe in probes.examine()}
    assert all(probe.ok for topic, probe in found.items() if topic.startswith("protection_"))
    for name in probes._PROBES:
        assert found[f"probe_{name}"].ok, found[f"probe_{name}"]


def test_korean_and_json():
    assert "층:" in CliRunner().invoke(main, ["--lang", "ko", "doctor"]).output
    assert json.loads(CliRunner().invoke(main, ["doctor", "--json"]).output)[0]["topic"] == "python"
