"""Settings of all tests."""

import os

import pytest
from hypothesis import settings

# Machines are shared and noisy: a slow example is no failure. CI looks at the same
# examples in every run; elsewhere each run looks at others.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """Three OpenSearch nodes, started once by the first test that asks, in each process."""
    import search_cluster

    if missing := search_cluster.missing_tools():
        pytest.skip(f"no OpenSearch cluster: {' and '.join(missing)} not found")
    with search_cluster.Cluster(tmp_path_factory.mktemp("opensearch")) as started:
        search_cluster.running = started
        yield started
        search_cluster.running = None


def pytest_make_parametrize_id(val):
    """Packed bytes hold the time, and a test must have one name in all processes."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None
