"""What somebody who means harm would hand in: texts, scripts, file names and media that lie.

The suite tries a few hundred of the scripts; `bench/trust.py` tries all there are, and more.
"""

from __future__ import annotations

import os
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import yaml
from hypothesis import strategies as st

from project import SCRIPT, Project


def examples(few: int) -> int:
    """How many examples to try: `few` in the suite, or as many as EXPLAINER_EXAMPLES says."""
    return int(os.environ.get("EXPLAINER_EXAMPLES", few))


PEAK = """
import pathlib, resource, sys
def peak():
    "The most bytes that this process has had; what it inherited does not count."
    status = pathlib.Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
"""

SPANISH = """\
language: es
title: Dos puntos
page: {about: Puntos}
voice: [espeak]
lexicon: {punto: punto}
scenes:
  dots:
    title: Puntos
    lines:
      one:
        say: Aparece un solo [punto]{dot} de 20.000.
        show: Un punto rosa.
        labels: {name: punto}
      two:
        say: Luego se une [otro]{other} más.
        show: Un segundo punto, turquesa.
"""

RICH = SCRIPT.replace(
    "show: A pink dot.", "show: A pink dot.\n        labels: {name: dot}\n        hold: 0.4"
).replace("limit: 20", "limit: 20\npage: {about: Dots, tags: [dots]}\nposter: dots.one@dot")
"""A script with a part of every kind."""

# --- texts ---

INJECTIONS = [
    "a\\nb",
    "title=x;y#z\\",
    "[CHAPTER] TIMEBASE=1/1 START=0 END=9 title=evil",
    ";FFMETADATA1",
    "' : textfile=/etc/passwd",
    "%{metadata:title} %{pts}",
    "$(reboot) `reboot` ${HOME}",
    "; rm -rf / &",
    "-f/etc/hostname",
    "--help",
    "file:///etc/passwd",
    "concat:a.mp4|b.mp4",
    "%s%n%03d%p",
    "{\\an8\\fs90}big",
    "1 00:00:01,000 → 00:00:09,000",
    "WEBVTT NOTE STYLE ::cue",
    "\\N\\h{b}",
    "&lt;i> &amp &#60;",
    "<b>&lt;/b>",
    "[[h@l'oU]]",
    "</tt:p><tt:p begin='0s'>",
    "<span size='999999'>x",
    "\\input{/etc/passwd} \\write18{reboot}",
    "ﷺ𒐫🏳️‍🌈 e\u0301\u0301\u0301",
]
"""Texts that some program, handed them carelessly, would obey."""

# --- scripts ---

TOKENS = [
    *"[]{}:,&*!|>-'\"#%@`?\n\t ",
    "\n\n",
    "---\n",
    "...\n",
    "- - - - -",
    "? ",
    "<<: ",
    "&a ",
    "*a",
    "!!python/object/apply:os.system [reboot]",
    "!!float 1",
    "%YAML 9.9\n",
    "|+9\n",
    ">-\n",
    "0x1F",
    "1e999",
    ".nan",
    "-.inf",
    "1:30",
    "9" * 40,
    "0.0000001",
    "٣",
    "²",
    "null",
    "~",
    "../../../etc/passwd",
    "/dev/zero",
    "http://127.0.0.1/x.wav",
    "C:\\nul",
    "a" * 300,
    "é" * 300,
    "[a]{a}",
    "[]{}",
    "[a]{A}",
    "[[a]{b}]{c}",
    "{{",
    "]]",
    "20,000",
    "99.999.999.999,99",
    "1998",
    "3rd",
    "15–20%",
    "\u00a0",
    "\u202e",
    "\u2028",
    "\ufeff",
    "\ufffe",
    "\x00",
    "\x1b[2J",
    "\x85",
    "\U000e0001",
    "🏳️‍🌈",
    "e\u0301",
    "scenes",
    "lines",
    "say",
    "labels",
    "cite",
    "sounds",
    "music",
    "lexicon",
    "phonemes",
    "page",
    "poster",
    "voice",
    "language",
    "am",
    "zh-Hant",
    *INJECTIONS,
]


@st.composite
def mangled(draw: st.DrawFn, base: str) -> bytes:
    """A text with pieces cut out, doubled, moved and replaced; some of it no UTF-8."""
    text = base
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(text)))
        size = draw(st.one_of(st.integers(0, 12), st.integers(0, 300)))
        piece = text[at : at + size]
        new = draw(
            st.one_of(
                st.sampled_from(TOKENS),
                st.text(max_size=8),
                st.just(piece * draw(st.integers(0, 8))),
                st.sampled_from(TOKENS).map(lambda token: token * 40),
            )
        )
        text = text[:at] + new + text[at + size :]
    raw = text.encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(raw)))
        raw = raw[:at] + draw(st.binary(min_size=1, max_size=4)) + raw[at:]
    return raw


KEYS = sorted({*RICH.replace("{", " ").replace(",", " ").replace(":", " ").split(), *TOKENS})
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(TOKENS),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(KEYS), inner, max_size=5)
    ),
    max_leaves=20,
)


@st.composite
def misshapen(draw: st.DrawFn, base: str) -> bytes:
    """A document in order but for one to three of its parts, which are of another shape."""
    root = yaml.safe_load(base)
    for _ in range(draw(st.integers(1, 3))):
        node = root
        while True:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(node[key], dict | list) and draw(st.integers(0, 3)):
                node = node[key]
                continue
            if isinstance(node, dict) and draw(st.integers(0, 4)) == 0:
                del node[key]
            else:
                node[key] = draw(TREES)
            break
    return yaml.safe_dump(root, allow_unicode=True, sort_keys=False).encode("utf-8", "replace")


def texts_of(base: str) -> st.SearchStrategy[bytes]:
    """Scripts, or translations, that are not as they should be."""
    return st.one_of(mangled(base), misshapen(base))


def large(size: int) -> dict[str, str]:
    """Scripts of `size` characters that cost most to read, by what is large in them."""

    def said(text: str) -> str:
        return SCRIPT.replace("A single [dot]{dot} appears.", text)

    return {
        "items of a list": "a: [" + "a," * (size // 2) + "]",
        "keys on one line": "{" + ",".join(f"k{i}: 1" for i in range(size // 12)) + "}",
        "keys on many lines": "\n".join(f"k{i}: 1" for i in range(size // 12)),
        "a word": "name: " + "x" * size,
        "a key": "x" * size + ": 1",
        "full stops in a line": said("a " + "." * size),
        "brackets in a line": said("'a " + "[" * size + "'"),
        "words in a line": said("a " * (size // 2)),
        "marks in a line": said("'" + "[a]{dot} " * (size // 9) + "'"),
        "newlines in quotes": "name: '" + "\n" * size + "'",
        "comments": "#\n" * (size // 2),
        "a block of text": "name: |\n" + " a\n" * (size // 3),
        "a lexicon": SCRIPT.replace(
            "{appears: appears}", "{" + ",".join(f"w{i}: a" for i in range(size // 11)) + "}"
        ),
        "cites": SCRIPT.replace("[euclid]", "[" + "euclid," * (size // 7) + "]"),
        "sources": SCRIPT.replace(
            "euclid: {", ",".join(f"s{i}: {{title: a, where: b}}\n  " for i in range(99)) + "x: {"
        ),
        "open brackets": "a: " + "[" * size,
        "open lists": "- " * size,
        "question marks": "? " * size,
        "anchors": "".join(f"a{i}: &a{i} x\n" for i in range(size // 12)),
    }


# --- file names ---


def paths(project: Project) -> dict[str, str]:
    """Names that no asset may have, and what each tries; prepared in the project's folder."""
    assets, outside = project.folder / "assets", project.folder.parent / "outside.wav"
    outside.write_bytes(wav(np.zeros(4800)))
    (project.folder / "inside.wav").write_bytes(outside.read_bytes())
    links = {
        "link.wav": outside,
        "near.wav": project.folder / "inside.wav",
        "device.wav": Path("/dev/zero"),
        "proc.wav": Path("/proc/self/environ"),
        "loop.wav": assets / "loop.wav",
        "dangling.wav": assets / "gone.wav",
        "out": project.folder.parent,
    }
    for name, target in links.items():
        (assets / name).symlink_to(target)
    os.mkfifo(assets / "pipe.wav")
    (assets / "folder.wav").mkdir()
    (assets / "two").mkdir()
    for name in ("bed.wav", "Bed.WAV", "caf\u00e9.wav", "cafe\u0301.wav"):
        (assets / "two" / name).write_bytes(outside.read_bytes())
    (assets / "Own.wav").write_bytes(outside.read_bytes())
    (assets / "note.txt").write_text("x")
    with (assets / "huge.wav").open("wb") as file:
        file.truncate(1 << 40)  # it takes no room
    return {
        "an absolute path": str(outside),
        "a device by its path": "/dev/zero.wav",
        "the folder above": "../inside.wav",
        "the folder above, twice": "../../outside.wav",
        "above and back": "../assets/Own.wav",
        "above from a folder": "two/../../inside.wav",
        "round about": "two/../Own.wav",
        "a link out of the project": "link.wav",
        "a link out of assets": "near.wav",
        "a link to a device": "device.wav",
        "a link into /proc": "proc.wav",
        "a link to itself": "loop.wav",
        "a link to nothing": "dangling.wav",
        "a linked folder": "out/outside.wav",
        "a pipe": "pipe.wav",
        "a folder": "folder.wav",
        "another name for two files": "two/BED.wav",
        "one of two names alike": "two/bed.wav",
        "one of two accents alike": "two/caf\u00e9.wav",
        "the other of two accents": "two/cafe\u0301.wav",
        "another case": "own.wav",
        "no sound": "note.txt",
        "no suffix": "Own",
        "an address": "http://127.0.0.1:9/x.wav",
        "a file address": f"file://{outside}",
        "a protocol": "concat:Own.wav|Own.wav",
        "a cut-out": f"subfile,,start,0,end,9,,:{outside}",
        "a dash": "-i.wav",
        "a home": "~/x.wav",
        "a variable": "$HOME/x.wav",
        "a pattern": "*.wav",
        "numbers": "%03d.wav",
        "backslashes": "..\\inside.wav",
        "a drive": "C:\\x.wav",
        "a stream of a file": "Own.wav:x",
        "too long a name": "é" * 190 + ".wav",
        "a dot": ".",
        "nothing but slashes": "///",
        "a file of a terabyte": "huge.wav",
        "the script": "../script.yaml",
    }


# --- media that lie ---


def wav(
    samples: np.ndarray,
    rate: int = 48_000,
    channels: int = 1,
    bits: int = 16,
    length: int | None = None,
    riff: bytes = b"RIFF",
) -> bytes:
    """A WAV file; `length` is what it says of its data in place of the truth."""
    data = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
    block = (channels * bits // 8) & 0xFFFF
    said = len(data) if length is None else length
    form = struct.pack("<HHIIHH", 1, channels, rate, (rate * block) & 0xFFFFFFFF, block, bits)
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", said)
    return riff + struct.pack("<I", min(4 + len(body) + said, 0xFFFFFFFF)) + body + data


def encoded(samples: np.ndarray, suffix: str, codec: str, rate: int = 48_000) -> bytes:
    """Sound in another form than WAV."""
    made = BytesIO()
    sound = (np.clip(samples, -1, 1) * 32767).astype(np.int16)[None]
    with av.open(made, "w", format=suffix) as file:
        track = file.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(sound, format="s16", layout="mono")
        frame.sample_rate = rate
        resampler = av.AudioResampler(track.codec_context.format, "mono", rate, 1024)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(track.encode(part))
        file.mux(track.encode(None))
    return made.getvalue()


def _patched(data: bytes, name: bytes, offset: int, new: bytes) -> bytes:
    at = data.index(name) + offset
    return data[:at] + new + data[at + len(new) :]


def lies() -> dict[str, tuple[str, Callable[[], bytes]]]:
    """Sounds that claim, or unpack to, more than they are: each one's suffix and bytes."""
    noise = np.random.default_rng(1).standard_normal(48_000) * 0.1

    def flac(seconds: int = 1) -> bytes:
        return encoded(np.resize(noise, 48_000) if seconds == 1 else noise, "flac", "flac")

    def m4a() -> bytes:
        return encoded(noise, "mp4", "aac")

    def bomb() -> bytes:
        # one second of silence is some twenty bytes in FLAC
        return encoded(np.zeros(8000 * 600), "flac", "flac", 8000)

    def zipped() -> bytes:
        made = BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
            file.writestr("bed.wav", bytes(50_000_000))
        return made.getvalue()

    playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/hostname\n"
    big = struct.pack(">I", 0xFFFFFFFF)
    flac_total = b"\x0f" + big[:4]
    return {
        "WAV: 4 GB of data": (".wav", lambda: wav(noise, length=0xFFFFFFFF)),
        "WAV: RF64 without its sizes": (".wav", lambda: wav(noise, length=2**32 - 1, riff=b"RF64")),
        "WAV: one sample a second": (".wav", lambda: wav(noise, rate=1)),
        "WAV: two thousand million a second": (".wav", lambda: wav(noise, rate=2**31 - 1)),
        "WAV: no rate": (".wav", lambda: wav(noise, rate=0)),
        "WAV: 65535 channels": (".wav", lambda: wav(noise, channels=65535)),
        "WAV: no channel": (".wav", lambda: wav(noise, channels=0)),
        "WAV: no bits": (".wav", lambda: wav(noise, bits=0)),
        "WAV: 65528 bits": (".wav", lambda: wav(noise, bits=65528)),
        "WAV: a header and no more": (".wav", lambda: wav(noise, length=2**31)[:44]),
        "FLAC: 2^36 samples": (".flac", lambda: _patched(flac(), b"fLaC", 21, flac_total)),
        "FLAC: ten minutes in little": (".flac", bomb),
        "FLAC: cut off": (".flac", lambda: flac()[:200]),
        "MP3: a tag of 256 MB": (".mp3", lambda: b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f" + bytes(99)),
        "M4A: lasts 2^32 ticks": (".m4a", lambda: _patched(m4a(), b"mdhd", 20, big)),
        "M4A: 2^32 samples": (".m4a", lambda: _patched(m4a(), b"stsz", 12, big)),
        "M4A: 2^32 samples of one size": (
            ".m4a",
            lambda: _patched(m4a(), b"stsz", 8, struct.pack(">II", 1, 0xFFFFFFFF)),
        ),
        "M4A: 2^32 times": (".m4a", lambda: _patched(m4a(), b"stts", 8, big)),
        "M4A: each sample 2^32 long": (".m4a", lambda: _patched(m4a(), b"stts", 16, big)),
        "M4A: 2^32 chunks": (".m4a", lambda: _patched(m4a(), b"stco", 8, big)),
        "M4A: a box of 2^63 bytes": (
            ".m4a",
            lambda: _patched(m4a(), b"moov", -4, struct.pack(">I4sQ", 1, b"moov", 2**63 - 1)),
        ),
        "a zip archive": (".wav", zipped),
        "a playlist": (".m4a", lambda: playlist.encode()),
        "a list of files": (".wav", lambda: b"ffconcat version 1.0\nfile /etc/hostname\n"),
        "a description of a stream": (
            ".mp3",
            lambda: b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=audio 9 RTP/AVP 0\nc=IN IP4 127.0.0.1",
        ),
        "nothing": (".wav", lambda: b""),
        "zeros": (".flac", lambda: bytes(100_000)),
    }
