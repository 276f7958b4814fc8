"""`grader doctor` tries what it says."""

import json

from click.testing import CliRunner

from grader import doctor
from grader.cli import main


def test_every_layer_of_a_guest_and_every_probe_holds_here():
    findings = {finding.topic: finding for finding in doctor.examine()}
    for name in doctor.LAYERS:
        assert findings[f"layer_{name}"].ok, name
    for name in doctor._PROBES:
        assert findings[f"probe_{name}"].ok, findings[f"probe_{name}"]


def test_what_is_missing_is_said_with_its_cure():
    done = CliRunner().invoke(main, ["--lang", "en", "doctor"], env={"COLUMNS": "200"})
    assert done.exit_code == 0
    assert "✗" in done.output
    assert "do not grade as root" in done.output


def test_korean_and_json():
    assert "빠진 것" in CliRunner().invoke(main, ["--lang", "ko", "doctor"]).output
    assert json.loads(CliRunner().invoke(main, ["doctor", "--json"]).output)[0]["topic"] == "python"
