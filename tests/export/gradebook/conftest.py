"""A class with its gradebook, in SQLite."""

import pytest

from tests.export.gradebook.school import School


@pytest.fixture
def school(tmp_path):
    return School(tmp_path)


@pytest.fixture
def synced(school):
    school.sync()
    return school
