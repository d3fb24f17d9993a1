"""Lets the tests of this folder import ``toy_ingest``, and gives them its desk."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def desk(tmp_path):
    from toy_ingest import Desk

    desk = Desk(tmp_path)
    yield desk
    assert desk.store.check() == []
    desk.store.close()
