"""Unpacking in steps: whatever the packer, nothing is lost, and no step gives much."""

import gzip
import random
import zlib
from collections.abc import Iterator

import brotli
import pytest
import zstandard

from retrieval.sources.unpacking import BY_CODING, BY_MAGIC, unzstd

MB = 1 << 20
TEXT = "Die Brücke 橋 الجسر 🌉 ist offen.\n".encode() * 9
# What does not pack, so that an end of the input falls anywhere in the output.
NOISE = random.Random(4).randbytes(3 << 16)


def raw_deflated(whole: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(whole) + packer.flush()


PACKERS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "deflate, raw": raw_deflated,
    "br": lambda whole: brotli.compress(whole, quality=4),
    "zstd": zstandard.compress,
}


def in_pieces(whole: bytes, size: int) -> Iterator[bytes]:
    return (whole[start : start + size] for start in range(0, len(whole), size))


def unpacked(name: str, packed: bytes, size: int = 1 << 16) -> Iterator[bytes]:
    return BY_CODING[name.partition(",")[0]](in_pieces(packed, size))


@pytest.mark.parametrize("name", PACKERS)
@pytest.mark.parametrize("whole", [b"", b"x", TEXT, NOISE, bytes(1 << 16), bytes(1 << 20)])
@pytest.mark.parametrize("size", [1, 777, 1 << 16])
def test_all_comes_back(name: str, whole: bytes, size: int) -> None:
    assert b"".join(unpacked(name, PACKERS[name](whole), size)) == whole


def test_gzip_may_be_padded() -> None:
    packed = gzip.compress(TEXT) + bytes(9) + gzip.compress(TEXT) + bytes(9)

    assert b"".join(unpacked("gzip", packed)) == TEXT * 2


@pytest.mark.parametrize("name", PACKERS)
def test_what_is_cut_off_is_said(name: str) -> None:
    packed = PACKERS[name](TEXT)

    for stop in (0, 1, len(packed) // 2, len(packed) - 1):
        with pytest.raises(EOFError):
            list(unpacked(name, packed[:stop]))


@pytest.mark.parametrize("name", BY_CODING)
def test_what_is_damaged_is_said(name: str) -> None:
    with pytest.raises(zlib.error):
        list(unpacked(name, b"\xff this is not packed at all"))


@pytest.mark.parametrize("name", PACKERS)
def test_no_step_gives_much(name: str) -> None:
    packed = PACKERS[name](bytes(64 * MB))
    steps = [len(step) for step in unpacked(name, packed)]

    assert sum(steps) == 64 * MB
    assert max(steps) <= 2 * MB


def test_a_wide_window_is_for_files_only() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=24, write_content_size=False)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    packed = packer.compress(TEXT) + packer.flush()

    assert b"".join(unzstd(iter((packed,)))) == TEXT
    with pytest.raises(zlib.error, match="too much memory"):
        list(BY_CODING["zstd"](iter((packed,))))


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_file_is_known_by_its_first_bytes(pack: object) -> None:
    packed = pack(TEXT)  # type: ignore[operator]
    [unpack] = [unpack for magic, unpack in BY_MAGIC.items() if packed.startswith(magic)]

    assert b"".join(unpack(iter((packed, packed)))) == TEXT * 2
