"""`grader doctor` tries what it says."""

import json

from click.testing import CliRunner

from grader.boundary import probes as doctor
from grader.cli.main import main


def test_every_layer_of_a_guest_and_every_probe_holds_here():
    findings = {finding.topic: finding for finding in doctor.examine()}
    assert all(finding.ok for topic, finding in findings.items() if topic.startswith("protection_"))
    for name in doctor._PROBES:
        assert findings[f"probe_{name}"].ok, findings[f"probe_{name}"]


def test_korean_and_json():
    assert "층:" in CliRunner().invoke(main, ["--lang", "ko", "doctor"]).output
    assert json.loads(CliRunner().invoke(main, ["doctor", "--json"]).output)[0]["topic"] == "python"
