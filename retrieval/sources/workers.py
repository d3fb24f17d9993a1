"""
Worker processes in which what others wrote is parsed: a document that takes all memory,
never ends or crashes a library costs one error, not the program.

What is run in them is the caller's choice; nothing here knows a format.
"""

from __future__ import annotations

import logging
import os
import pickle
import queue
import signal
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from retrieval.errors import SourceError

if TYPE_CHECKING:
    from pebble import ProcessFuture, ProcessPool

log = logging.getLogger(__name__)

TASKS_PER_WORKER: Final = 300
"""Then a new process takes over: feedparser and trafilatura grow slowly and give nothing back."""

_GRACE_S = 10.0  # for a worker to start, and to be ended

_Outcome = Literal["done", "refused", "memory", "broken"]


class Workers:
    """
    Worker processes that run one function call each at a time; a context manager.

    They start with the first call, ignore Ctrl-C, and end with this process, however it ends. As
    with all that ``multiprocessing`` spawns, a script's own calls must stand under
    ``if __name__ == "__main__"``.

    Args:
        count: Processes, and so calls at the same time; others wait.
        timeout_s: For one call, from when it starts.
        memory_mb: For one process, libraries included (they take about 60).
    """

    def __init__(self, count: int = 1, *, timeout_s: float = 20.0, memory_mb: int = 512) -> None:
        self._timeout_s = timeout_s
        self._memory_mb = memory_mb
        # A pool of one for each: in a larger one the workers share pipes and locks, which a worker
        # that dies may hold. The one used last is taken first, so that few are started.
        self._idle: queue.LifoQueue[ProcessPool | None] = queue.LifoQueue()
        for _ in range(count):
            self._idle.put(None)
        self._count = count
        self._lock = threading.Lock()
        self._running: set[ProcessFuture[bytes]] = set()
        self._is_closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, function: Callable[..., Any], /, *args: Any, name: str) -> Any:
        """
        What *function* gives for *args*, run in a worker; from any thread.

        Args:
            function: Of a module, as it must be found again by name.
            args: What can be pickled.
            name: Of what is read, for errors.

        Raises:
            SourceError: What *function* raised; or that it took too long, too much memory, or failed otherwise.
        """
        pool = self._idle.get()
        try:
            pool = working = self._working(pool)
            future = self._schedule(working, function, args, name)
            try:
                outcome = future.result(self._timeout_s + _GRACE_S)
            finally:
                with self._lock:
                    self._running.discard(future)
                # This thread was interrupted, or the worker died as it took the call: pebble
                # would wait for ever.
                if not future.done():
                    _stop(working)
                    pool = None
            kind, value = pickle.loads(outcome)  # noqa: S301  # our own worker's
        except TimeoutError as error:
            raise SourceError(name, f"took longer than {self._timeout_s:g} s to read") from error
        except (CancelledError, RuntimeError, _expired()) as error:  # RuntimeError: a broken pool
            raise _ended(name) from error
        finally:
            self._idle.put(pool)
        return self._value(kind, value, name)

    def _value(self, kind: _Outcome, value: Any, name: str) -> Any:
        if kind == "done":
            return value
        if kind == "refused":
            raise value
        if kind == "memory":
            raise SourceError(name, f"needs more than {self._memory_mb} MB to be read")
        error, trace = value
        log.error("reader failed on %s error=%s\n%s", name, error, trace)
        raise SourceError(name, f"could not be read ({error})")

    def _schedule(
        self, pool: ProcessPool, function: Callable[..., Any], args: tuple[Any, ...], name: str
    ) -> ProcessFuture[bytes]:
        with self._lock:
            if self._is_closed:
                raise _ended(name)
            # Children inherit the mask, so that Ctrl-C cannot reach one that is just starting.
            before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
            try:
                future: ProcessFuture[bytes] = pool.schedule(
                    _guarded, (function, args), timeout=self._timeout_s
                )
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
            self._running.add(future)
        return future

    def _working(self, pool: ProcessPool | None) -> ProcessPool:
        """*pool*, or a new one if it is none: pebble gives one up whose worker died between two calls."""
        if pool is not None and not pool.active:
            _stop(pool)
            pool = None
        return self._new_pool() if pool is None else pool

    def _new_pool(self) -> ProcessPool:
        # imported on use: a question reads no feed
        import multiprocessing  # noqa: PLC0415

        from pebble import ProcessPool  # noqa: PLC0415

        return ProcessPool(
            max_workers=1,
            max_tasks=TASKS_PER_WORKER,
            initializer=_begin,
            initargs=(self._memory_mb,),
            # Not fork: a lock that another thread holds at that moment would stay held.
            context=multiprocessing.get_context("spawn"),
        )

    def close(self) -> None:
        """End the workers, whatever they are at; calls that wait for them raise."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            for future in self._running:
                future.cancel()  # type: ignore[no-untyped-call]
        for _ in range(self._count):
            pool = self._idle.get()
            if pool is not None:
                _stop(pool)
        for _ in range(self._count):
            self._idle.put(None)  # for calls that wait still, to find it closed


def _stop(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]
    pool.join()


def _ended(name: str) -> SourceError:
    return SourceError(name, "could not be read (its reader ended)")


def _expired() -> type[BaseException]:
    from pebble import ProcessExpired  # noqa: PLC0415  # imported on use: as above

    return ProcessExpired


# What follows runs in the workers.


def _begin(memory_mb: int) -> None:  # pragma: no cover  # in another process
    """Make this process a worker that takes no more than it may, and never outlives its parent."""
    # imported on use: by the workers only
    import fcntl  # noqa: PLC0415
    import multiprocessing  # noqa: PLC0415
    import resource  # noqa: PLC0415

    # pebble's handler waits for Python's turn, which a library may never give back.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    limit = memory_mb << 20
    # What is written to, on Linux; addresses alone (RLIMIT_AS) are taken by the hundred MB by threads.
    for kind in (resource.RLIMIT_DATA, resource.RLIMIT_CORE):
        hard = resource.getrlimit(kind)[1]
        wanted = limit if kind == resource.RLIMIT_DATA else 0
        resource.setrlimit(kind, (wanted if hard < 0 else min(wanted, hard), hard))
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    # The kernel ends this process when the parent's end of the pipe closes, even if a library has
    # Python's turn. Not PR_SET_PDEATHSIG, which means the thread that started this process.
    fcntl.fcntl(parent.sentinel, fcntl.F_SETOWN, os.getpid())
    flags = fcntl.fcntl(parent.sentinel, fcntl.F_GETFL)
    fcntl.fcntl(parent.sentinel, fcntl.F_SETFL, flags | os.O_ASYNC)

    def follow() -> None:  # if the pipe was closed before that
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _guarded(
    function: Callable[..., Any], args: tuple[Any, ...]
) -> bytes:  # pragma: no cover  # in another process
    """How the call went, pickled here already: what cannot be must not break the pool."""
    try:
        return pickle.dumps(("done", function(*args)))
    except SourceError as error:
        return pickle.dumps(("refused", error))
    except MemoryError:
        return pickle.dumps(("memory", None))
    except BaseException as error:  # noqa: BLE001  # whatever it is, it stands in the log
        return pickle.dumps(("broken", (type(error).__name__, traceback.format_exc())))
