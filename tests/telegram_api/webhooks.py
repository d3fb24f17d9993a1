"""The methods of a webhook: set, removed, told of. The delivery is not here."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from telegram_api.records import Json, bot_fault
from telegram_api.state import State

PORTS = (443, 80, 88, 8443)
DEFAULT_CONNECTIONS = 40
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def set_webhook(state: State, params: Json) -> bool:
    url = params["url"]
    if not url:
        return delete_webhook(state, params)
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise bot_fault("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in PORTS:
        raise bot_fault("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if not _SECRET.fullmatch(params.get("secret_token", "-")):
        raise bot_fault("secret token contains unallowed characters")
    connections = params.get("max_connections", DEFAULT_CONNECTIONS)
    if not 1 <= connections <= 100:
        raise bot_fault("max_connections must be from 1 to 100")
    remember_allowed(state, params)
    _drop(state, params)
    state.webhook = {
        "url": url,
        "secret_token": params.get("secret_token"),
        "allowed_updates": list(state.queue.allowed),
        "max_connections": connections,
    }
    state.webhook_error = None
    return True


def delete_webhook(state: State, params: Json) -> bool:
    state.webhook = None
    state.webhook_error = None
    _drop(state, params)
    return True


def get_webhook_info(state: State, _params: Json) -> Json:
    hook = state.webhook
    info: Json = {
        "url": hook["url"] if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(state.queue.pending),
    }
    if hook:
        info |= {"max_connections": hook["max_connections"], "ip_address": "192.0.2.1"}
    if state.webhook_error is not None:
        date, words = state.webhook_error
        info |= {"last_error_date": date, "last_error_message": words}
    if state.queue.allowed:
        info["allowed_updates"] = list(state.queue.allowed)
    return info


def remember_allowed(state: State, params: Json) -> None:
    """Take over the kinds of updates that a call asks for; without any they stay."""
    if "allowed_updates" in params:
        state.queue.allowed = list(params["allowed_updates"])


def _drop(state: State, params: Json) -> None:
    if params.get("drop_pending_updates"):
        state.queue.pending.clear()
