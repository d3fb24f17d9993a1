"""A few of the kills of `benchmarks/kills.py`, which does more of them."""

from pathlib import Path

from benchmarks.kills import kill_and_compare


def test_killed_at_any_moment_store_and_index_agree(tmp_path: Path) -> None:
    during = kill_and_compare(tmp_path / "desk", 8, seed=3)

    assert during.total() == 8
