"""Writing documents: again and again what the cluster cannot take yet, and never the older last."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from retrieval.errors import IndexingError
from retrieval.index.opensearch import layout, wire
from retrieval.index.opensearch.cluster import CLIENT_GRACE_S, Cluster, is_passing, refusal

log = logging.getLogger(__name__)

# Seconds between tries: a shard whose node was lost has another primary by then.
WAITS_S = (0.2, 0.5, 1, 2, 4, 8)

Operation = tuple[dict[str, Any], dict[str, Any] | None]
"""An action, and its document."""


def versioned(
    action: str, document_id: str, revision: int, document: dict[str, Any] | None = None
) -> Operation:
    """An operation that does nothing where something newer is there."""
    about = {"_id": document_id, "version": revision, "version_type": "external_gte"}
    return {action: about}, document


def write(
    cluster: Cluster,
    index: str,
    operations: Sequence[Operation],
    sleep: Callable[[float], None],
) -> None:
    """
    Do *operations*, in order.

    Raises:
        IndexingError: If one is refused for good, or nothing helped.
    """
    waits = iter(WAITS_S)
    while True:
        statuses, error = _try(cluster, index, operations)
        operations = [
            operation
            for operation, status in zip(operations, statuses, strict=True)
            if is_passing(status)
        ]
        if not operations:
            return
        wait_s = next(waits, None)
        if wait_s is None:
            raise IndexingError(f"{refusal(statuses, error)}: {cluster.options.place}")
        log.info("cluster busy documents=%d wait=%.1f error=%s", len(operations), wait_s, error)
        sleep(wait_s)


def _try(cluster: Cluster, index: str, operations: Sequence[Operation]) -> tuple[list[int], object]:
    """Each operation's status, and an error, if there was one."""
    from opensearchpy.exceptions import TransportError  # noqa: PLC0415  # imported on use

    timeout_s = cluster.options.timeout_s
    with cluster.explained():
        try:
            answer = cluster.client.bulk(
                body=[part for both in operations for part in both if part is not None],
                index=layout.writing_alias(index),
                params={
                    "require_alias": "true",
                    # For a primary to be there; without the other one it would be the client's
                    "timeout": wire.duration(timeout_s),
                    "request_timeout": timeout_s + CLIENT_GRACE_S,
                },
            )
        except TransportError as e:
            if not is_passing(e.status_code):
                raise
            return [503] * len(operations), e.error
    results = [result for item in answer["items"] for result in item.values()]
    error: Any = None
    for result in results:
        # 409: something newer is there; 404 without an error: there was nothing to delete
        if result["status"] == 409 or "error" not in result:
            continue
        error = result["error"]
        if error["type"] == "index_not_found_exception":
            raise IndexingError(
                "the index was replaced by another process meanwhile; the next try finds it"
            )
        if not is_passing(result["status"]):
            raise IndexingError(f"{refusal([], error)}: {cluster.options.place}")
    return [result["status"] for result in results], error
