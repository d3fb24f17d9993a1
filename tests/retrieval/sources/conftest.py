"""A web site on loopback, for each test that asks."""

from collections.abc import Iterator

import pytest
from web_site import Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as site:
        yield site
