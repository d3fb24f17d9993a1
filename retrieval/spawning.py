"""Processes of our own that work beside this one."""

from __future__ import annotations

import subprocess
import sys
from typing import IO, NamedTuple, cast


class Spawned(NamedTuple):
    """A process that was started: how to speak to it, and to hear it."""

    popen: subprocess.Popen[bytes]
    says: IO[bytes]
    hears: IO[bytes]

    def end(self) -> None:
        """Close the pipes, and wait until it has ended."""
        self.popen.communicate()


def spawn(module: str, *arguments: str) -> Spawned:
    """
    Start a process that calls ``main()`` of one of our modules.

    Its standard input and output are pipes to this process, so that each notices when the
    other ends; what it writes to standard error is seen. Ctrl-C does not reach it: what
    becomes of it, this process decides. Not multiprocessing, which runs a caller's script
    once more, unless that guards itself.

    Args:
        module: Its name.
        arguments: Its ``sys.argv[1:]``.

    Raises:
        OSError: If it cannot be started.
    """
    # Modules are found where this process finds them.
    code = f"import sys; sys.path[:] = {sys.path!r}; from {module} import main; main()"
    popen = subprocess.Popen(  # noqa: S603  # our own module
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        process_group=0,
    )
    return Spawned(popen, cast("IO[bytes]", popen.stdin), cast("IO[bytes]", popen.stdout))
