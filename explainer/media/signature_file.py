"""Signatures in files: at the end of a clip or a sound track, and those of a film in its own file.

A film's file may come from anywhere: whatever is wrong with it raises `UnreadableSignatures`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from explainer.media.signature import (
    CHUNK,
    STEP_BYTES,
    VERSION,
    FrameSignature,
    Grid,
    SoundSignatures,
)

_MAGIC = b"explsign"
_BOX = bytes.fromhex("6e617272617465642d7369676e617431")
"""The name of the box at the end of an MP4 file that holds signatures."""
_HEAD = struct.Struct(">8sHHHII32sH")
_MAX_CHUNK_BYTES = 1 << 24
_MAX_TRACKS = 100


class UnreadableSignatures(ValueError):
    """A file of signatures is damaged, cut off or of another version; the message says which."""


def attach(path: Path, chunks: bytes) -> None:
    """Append signatures to an MP4 file, in a box that players skip."""
    content = _BOX + struct.pack(">H", VERSION) + chunks
    with path.open("ab") as file:
        file.write(struct.pack(">I4s", 8 + len(content), b"uuid") + content)


def read_attached(path: Path, track: int = 0) -> bytes:
    """The chunks that were attached to a file for one of its tracks; empty if there are none.

    Raises:
        OSError: if it cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        while at + 8 <= size:
            file.seek(at)
            length, name = struct.unpack(">I4s", file.read(8))
            begin = at + 8
            if length == 1:
                (length,) = struct.unpack(">Q", file.read(8))
                begin += 8
            length = length or size - at
            if length < begin - at or at + length > size:
                return b""
            if name == b"uuid" and length < 16 * _MAX_CHUNK_BYTES:
                content = file.read(at + length - begin)
                if content[:18] == _BOX + struct.pack(">H", VERSION):
                    if not track:
                        return content[18:]
                    track -= 1
            at += length
    return b""


def last_attached(path: Path, grid: Grid) -> FrameSignature | None:
    """The signature of the last frame of a clip whose frames are of this size; None if it has none.

    Raises:
        OSError: if it cannot be read.
    """
    chunks = read_attached(path)
    last: FrameSignature | None = None
    with suppress(struct.error, zlib.error, ValueError):
        while chunks:
            length, records, _ = CHUNK.unpack(chunks[: CHUNK.size])
            body, chunks = chunks[CHUNK.size :][:length], chunks[CHUNK.size + length :]
            content = zlib.decompressobj().decompress(body, _MAX_CHUNK_BYTES)
            changes = np.frombuffer(content, np.uint8, offset=2 * records)
            last = changes.reshape(records, grid.signature_bytes).sum(axis=0, dtype=np.uint8)
        return last
    return None


@dataclass(frozen=True, slots=True)
class SignatureHeader:
    """The head of a film's signatures.

    `steps` is how many signatures each of the sound tracks has, `identity` the SHA-256 of the
    film's timelines, by which the file is known to belong to them.
    """

    width: int
    height: int
    frames: int
    steps: int
    identity: bytes
    tracks: int

    def pack(self) -> bytes:
        """Its bytes, with a checksum."""
        packed = _HEAD.pack(
            _MAGIC, VERSION, self.width, self.height, self.frames, self.steps,
            self.identity, self.tracks,
        )  # fmt: skip
        return packed + struct.pack(">I", zlib.crc32(packed))


def write_signatures(
    file: BinaryIO, header: SignatureHeader, clips: Iterable[bytes], tracks: Sequence[bytes]
) -> None:
    """Write a film's signatures: the chunks of its clips in order, then those of each track."""
    file.write(header.pack())
    for chunks in clips:
        file.write(chunks)
    file.write(CHUNK.pack(0, 0, 0))
    for chunks in tracks:
        file.write(chunks)
        file.write(CHUNK.pack(0, 0, 0))


class SignatureFile:
    """A film's signatures, read as a stream; `UnreadableSignatures` if anything is wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self.header = _read_header(file)
        except OSError as error:
            raise UnreadableSignatures(error.strerror or "it cannot be read") from None

    def frames(self) -> Iterator[FrameSignature]:
        """The signature of each frame, in order of showing."""
        size = Grid(self.header.width, self.header.height).signature_bytes
        seen = 0
        for content, records in self._chunks(0):
            if len(content) != records * (2 + size):
                raise UnreadableSignatures("a part of it is not as long as it says")
            counts = np.frombuffer(content, ">u2", records)
            changes = np.frombuffer(content, np.uint8, offset=2 * records).reshape(records, size)
            for frame, count in zip(
                np.cumsum(changes, axis=0, dtype=np.uint8), counts, strict=True
            ):
                seen += int(count)
                if seen > self.header.frames:
                    raise UnreadableSignatures("it has more frames than it says")
                for _ in range(int(count)):
                    yield frame
        if seen != self.header.frames:
            raise UnreadableSignatures("it has fewer frames than it says")

    def sound(self, track: int, channels: int = 2) -> Iterator[SoundSignatures]:
        """The signatures of a track's steps, in portions."""
        seen = 0
        for content, records in self._chunks(1 + track):
            if len(content) != records * channels * STEP_BYTES:
                raise UnreadableSignatures("a part of it is not as long as it says")
            seen += records
            if seen > self.header.steps:
                raise UnreadableSignatures("it has more sound than it says")
            parts = np.frombuffer(content, np.uint8).reshape(channels, STEP_BYTES, records)
            yield parts.transpose(2, 0, 1)
        if seen != self.header.steps:
            raise UnreadableSignatures("it has less sound than it says")

    def _chunks(self, section: int) -> Iterator[tuple[bytes, int]]:
        """Each chunk of a section with its number of records; section 0 is that of the frames."""
        try:
            with self.path.open("rb") as file:
                _read_header(file)
                to_skip = section
                while True:
                    length, records, check = CHUNK.unpack(_read_exactly(file, CHUNK.size))
                    if not length:
                        to_skip -= 1
                        if to_skip < 0:
                            return
                        continue
                    if length > _MAX_CHUNK_BYTES:
                        raise UnreadableSignatures("a part of it is too large")
                    if to_skip:
                        file.seek(length, 1)
                        continue
                    body = _read_exactly(file, length)
                    if zlib.crc32(body) != check:
                        raise UnreadableSignatures("it is damaged")
                    decompressor = zlib.decompressobj()
                    yield decompressor.decompress(body, _MAX_CHUNK_BYTES), records
        except (OSError, zlib.error) as error:
            raise UnreadableSignatures(f"it cannot be read: {error}") from None


def _read_exactly(file: BinaryIO, size: int) -> bytes:
    content = file.read(size)
    if len(content) != size:
        raise UnreadableSignatures("it is cut off")
    return content


def _read_header(file: BinaryIO) -> SignatureHeader:
    content = _read_exactly(file, _HEAD.size + 4)
    magic, version, *rest = _HEAD.unpack(content[:-4])
    if magic != _MAGIC:
        raise UnreadableSignatures("it holds no signatures")
    if version != VERSION:
        raise UnreadableSignatures(f"it is of version {version}, not {VERSION}")
    if zlib.crc32(content[:-4]) != int.from_bytes(content[-4:], "big"):
        raise UnreadableSignatures("it is damaged")
    header = SignatureHeader(*rest)
    if not (header.width and header.height and header.tracks <= _MAX_TRACKS):
        raise UnreadableSignatures("it is damaged")
    return header
