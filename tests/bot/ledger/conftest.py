"""Lets the tests of this folder import ``toy_records``, and gives them a ledger."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from bot.ledger import Ledger
from retrieval.store import Store


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "store.db") as store:
        yield store
        assert store.check() == []


@pytest.fixture
def ledger(store):
    return Ledger.open(store)
