"""
Named arrays in one file, written in one step and checked when read.

The file is a magic line, a line with the checksum of all that follows, the header as
one line of JSON with each array's type and shape, and the arrays one after the other:
a file that was cut short or damaged is never believed.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from retrieval.errors import IndexingError

_MAGIC = b"clipdesk-arrays-1\n"

Arrays = Mapping[str, npt.NDArray[Any]]


def save_arrays(path: Path, facts: Mapping[str, Any], arrays: Arrays) -> None:
    """
    Write *facts* (JSON) and *arrays* to *path*; a crash leaves the old file or the new.

    Raises:
        IndexingError: If the file cannot be written.
    """
    shapes = [[name, values.dtype.str, list(values.shape)] for name, values in arrays.items()]
    header = json.dumps({"facts": facts, "arrays": shapes}).encode() + b"\n"
    # Views, not copies: an index may be as large as the memory that is left.
    views = [np.ascontiguousarray(values).data for values in arrays.values()]
    buffers: list[bytes | memoryview] = [header, *views]
    checksum = 0
    for buffer in buffers:
        checksum = zlib.crc32(buffer, checksum)
    # Two processes may save at once: each writes a file of its own, the last rename wins.
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with unfinished.open("wb") as file:
                file.write(_MAGIC)
                file.write(b"%08x\n" % checksum)
                for buffer in buffers:
                    file.write(buffer)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as e:
        raise IndexingError(f"cannot write the index file {str(path)!r}: {e.strerror}") from e


def load_arrays(path: Path) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """
    The facts and arrays that ``save_arrays`` wrote.

    Raises:
        IndexingError: If there is no such file, or it is damaged.
    """
    try:
        with path.open("rb") as file:
            if file.readline(len(_MAGIC)) != _MAGIC:
                raise IndexingError(f"not an index file: {str(path)!r}")
            checksum = file.readline(16)
            content = file.read()
    except OSError as e:
        raise IndexingError(f"cannot read the index file {str(path)!r}: {e.strerror}") from e
    if checksum != b"%08x\n" % zlib.crc32(content):
        raise IndexingError(f"the index file is damaged: {str(path)!r}")
    offset = content.index(b"\n") + 1
    header = json.loads(content[:offset])
    arrays = {}
    for name, dtype, shape in header["arrays"]:
        count = int(np.prod(shape, dtype=np.int64))
        arrays[name] = np.frombuffer(content, dtype, count, offset).reshape(shape)
        offset += arrays[name].nbytes
    return header["facts"], arrays
