"""The files of `OUT/scores/<assignment>/`: `grader report` writes them beside its pages."""

from __future__ import annotations

from grader.export import junit, scores

FILES = {"scores.csv": scores.CSV, "scores.json": scores.JSON, "junit.xml": junit.JUNIT}
