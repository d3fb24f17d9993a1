"""
Three OpenSearch nodes on loopback, each a process of its own that can be killed.

``build`` compiles ``Node.java`` with Maven, which keeps what it loads in ``~/.m2``; it is done
once, and again when its sources change. ``Cluster`` starts, kills and restarts the nodes.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from retrieval.index.opensearch.cluster import RemoteOptions
from retrieval.index.remote import RemoteIndex

_HERE = Path(__file__).parent / "opensearch"
_TARGET = _HERE / "target"
_BUILT = _TARGET / "built"

running: Cluster | None = None
"""The one of this test run; the fixture ``cluster`` sets it."""

NODES = 3
START_S = 120  # most of it for machines whose cores are busy; about 15 s on two idle ones
_BUILD_S = 600  # the first time loads 60 MB

# Quick to start rather than quick for long; a node in use takes 250 to 400 MB in all.
_JAVA = ["java", "-Xms256m", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]


def missing_tools() -> list[str]:
    """Which of the programs are not there that a cluster needs."""
    return [tool for tool in ("java", "mvn") if shutil.which(tool) is None]


def build() -> None:
    """Compile the node and gather its libraries, unless that is done; one process at a time."""
    _TARGET.mkdir(exist_ok=True)
    with (_TARGET / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _build()


def _build() -> None:
    sources = [_HERE / "pom.xml", *(_HERE / "src").rglob("*.java")]
    if _BUILT.exists() and _BUILT.stat().st_mtime > max(s.stat().st_mtime for s in sources):
        return
    command = [
        "mvn",
        "--batch-mode",
        "--quiet",
        "--file",
        str(_HERE / "pom.xml"),
        "process-classes",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_BUILD_S, check=False)
    assert done.returncode == 0, f"Maven cannot build {_HERE}:\n{done.stdout[-4000:]}{done.stderr}"
    _BUILT.touch()


def _free_ports(number: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Cluster:
    """The nodes, numbered from 0; use it as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._http = _free_ports(NODES)
        self._transport = _free_ports(NODES)
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    @property
    def urls(self) -> tuple[str, ...]:
        return tuple(f"http://127.0.0.1:{port}" for port in self._http)

    def __enter__(self) -> Self:
        build()
        try:
            for number in range(NODES):
                self.start(number)
            self.wait(nodes=NODES)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            assert process.stdin is not None
            process.stdin.close()
        for process in self._processes.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(self, number: int) -> None:
        """Start a node; it goes on with the data that it had."""
        nodes = ",".join(f"node{n}={port}" for n, port in enumerate(self._transport))
        home = self._folder / f"node{number}"
        places = [str(self._http[number]), str(self._transport[number])]
        classpath = f"{_TARGET / 'classes'}:{_TARGET / 'lib' / '*'}"
        with (self._folder / f"node{number}.log").open("ab") as log:
            self._processes[number] = subprocess.Popen(
                [*_JAVA, "-cp", classpath, "clipdesk.Node", str(home), home.name, *places, nodes],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill(self, number: int) -> None:
        """End a node as a power cut does."""
        process = self._processes.pop(number)
        process.kill()
        process.wait()
        assert process.stdin is not None
        process.stdin.close()

    def stop(self, number: int) -> None:
        """End a node as an operator does."""
        process = self._processes.pop(number)
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)

    def call(self, path: str, method: str = "GET", body: Any = None, timeout_s: float = 30) -> Any:
        """The answer of a node that runs, as JSON."""
        number = min(self._processes)
        request = urllib.request.Request(  # noqa: S310  # loopback
            f"{self.urls[number]}/{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=timeout_s) as reply:  # noqa: S310
            return json.load(reply)

    def wait(self, *, nodes: int, status: str = "green") -> None:
        """Until so many nodes are together, and all shards are as *status* says."""
        until = time.monotonic() + START_S
        query = f"wait_for_nodes={nodes}&wait_for_status={status}&timeout=5s"
        while time.monotonic() < until:
            try:
                if not self.call(f"_cluster/health?{query}")["timed_out"]:
                    return
            except (OSError, urllib.error.HTTPError):  # not up yet; or 408, not so yet
                time.sleep(0.2)
            for number, process in self._processes.items():
                assert process.poll() is None, self._log(number)
        raise AssertionError(f"the cluster is not {status} with {nodes} nodes\n{self._log(0)}")

    def reset(self) -> None:
        """Delete all indices."""
        self.call("_all?expand_wildcards=open", "DELETE")

    def _log(self, number: int) -> str:
        return (self._folder / f"node{number}.log").read_text(errors="replace")[-4000:]


def options(**changes: Any) -> RemoteOptions:
    """Of the running cluster: one shard, no copy."""
    assert running is not None
    return replace(RemoteOptions(running.urls, replicas=0), **changes)


def clean_index(sleep: Callable[[float], None] = time.sleep, **changes: Any) -> RemoteIndex:
    """An empty index in the running cluster, whose others are deleted."""
    assert running is not None
    running.reset()
    return RemoteIndex.open(options(**changes), "clean", sleep)
