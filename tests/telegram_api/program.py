"""Clipdesk as a process of its own, as it is installed, with output kept in a file."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parent.parent.parent
_END_WITHIN_S = 10.0


class Program:
    """
    ``clipdesk --data-dir DIR serve``, as installed, while the ``with`` block lasts.

    Args:
        data_dir: Where the program keeps its store; its output goes to a file beside it.
        environment: Its ``CLIPDESK_`` variables and others; those of the test run that
            begin with ``CLIPDESK_`` are taken away.
        arguments: What follows ``--data-dir DIR``.
    """

    def __init__(
        self,
        data_dir: Path,
        environment: Mapping[str, str],
        arguments: Sequence[str] = ("serve",),
    ) -> None:
        installed = str(Path(sys.executable).with_name("clipdesk"))
        self._command = [installed, "--data-dir", str(data_dir), *arguments]
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("CLIPDESK_")}
        self._environment = {
            **inherited,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            **environment,
        }
        data_dir.mkdir(parents=True, exist_ok=True)
        self._folder = data_dir
        self.log_path = data_dir.with_name(f"{data_dir.name}.log")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        with self.log_path.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._folder,  # no .env of a developer's is found there
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        process = self.process
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(_END_WITHIN_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if error is not None:
            sys.stderr.write(f"\n--- {self.log_path.name}\n{self.output()}\n---\n")

    @property
    def process(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the program runs only inside its with block")
        return self._process

    @property
    def pid(self) -> int:
        return self.process.pid

    def output(self) -> str:
        """All that it wrote to standard output and standard error, in order."""
        return self.log_path.read_text(encoding="utf-8", errors="replace")

    def is_running(self) -> bool:
        return self.process.poll() is None

    def wait(self, timeout: float = 10) -> int:
        """
        Its exit code, once it has ended by itself.

        Raises:
            AssertionError: If it has not by then.
        """
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {timeout} s:\n{self.output()}") from None

    def terminate(self, timeout: float = 10) -> int:
        """Ask it to end (SIGTERM); its exit code."""
        self.process.terminate()
        return self.wait(timeout)

    def kill(self) -> None:
        """End it at once (SIGKILL), as a power cut would."""
        self.process.kill()
        self.process.wait()
