"""What the tests of the fake share: a fake, and raw calls of its API."""

import json

import httpx
import pytest

from telegram_api import FakeTelegram


@pytest.fixture(name="fake")
def make_fake():
    with FakeTelegram() as fake:
        yield fake


@pytest.fixture(scope="session")
def client():
    """One for all tests: to make one costs more than most of them."""
    with httpx.Client(timeout=10) as client:
        yield client


@pytest.fixture(name="ask")
def make_ask(fake, client):
    """Calls a method with a form, as python-telegram-bot does; gives the HTTP response."""

    def ask(method, *, files=None, **params):
        form = {
            k: v if isinstance(v, str) else json.dumps(v, ensure_ascii=False)
            for k, v in params.items()
        }
        url = f"{fake.base_url}/bot{fake.token}/{method}"
        return client.post(url, data=form, files=files)

    return ask


@pytest.fixture(name="api")
def make_api(ask):
    """Calls a method; gives the answer's JSON."""

    def api(method, **params):
        return ask(method, **params).json()

    return api


@pytest.fixture(name="chat")
def make_chat(fake):
    return fake.private(fake.user(7))
