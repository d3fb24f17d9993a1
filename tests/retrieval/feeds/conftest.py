"""Workers that all tests of feeds share, and a world of feeds for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from feed_life import World, world

from retrieval.sources.workers import Workers


@pytest.fixture(scope="session")
def workers() -> Iterator[Workers]:
    with Workers(2, timeout_s=20.0) as made:
        yield made


@pytest.fixture
def w(tmp_path: Path, workers: Workers) -> Iterator[World]:
    with world(tmp_path, workers) as made:
        yield made
