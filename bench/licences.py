"""The packages that are pinned, with their licences, as a Markdown table.

    python bench/licences.py [--write]

With --write it goes into bench/LICENCES.md. Versions come from the files of pins, licences from
what the packages say of themselves once they are installed.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, files, metadata, requires
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VOICES = ("constraints-voices.txt", "constraints-kokoro.txt")
PINNED = ("constraints.txt", *VOICES)
ELSEWHERE = {
    "audioop-lts": "PSF-2.0",
    "colorama": "BSD-3-Clause",
    "cython": "Apache-2.0",
    "importlib-metadata": "Apache-2.0",
    "lazy-importer": "Apache-2.0",
    "pyobjc-core": "MIT",
    "pyobjc-framework-cocoa": "MIT",
    "zipp": "MIT",
}
"""What is not installed everywhere: it is for one system, or for one version of Python."""
OFFERED = {"pyphen": "GPL-2.0-or-later, LGPL-2.1-or-later or MPL-1.1"}
"""What its users may choose from, where a package only lists all of it."""
PLAIN = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "3-Clause BSD License": "BSD-3-Clause",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD 3-Clause": "BSD-3-Clause",
    "BSD License": "BSD",
    "GNU Library or Lesser General Public License (LGPL)": "LGPL",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}

INTRO = """\
# What the program is built on, and under which licences

The project itself is under the MIT licence ([LICENSE](../LICENSE)), its fonts under the SIL Open
Font License ([OFL.txt](../assets/fonts/OFL.txt)). What it is built on is installed beside it, not
copied into it. A film is not a derived work of any of them: the licences concern who hands on the
programs. `python bench/licences.py --write` renews this file.

Copied into it are four voices for the engine `kokoro`, which are Apache-2.0: see the NOTICE beside
them in `explainer/data/kokoro`. The models of hibari and Kokoro-82M are Apache-2.0, too, weights
included. Kokoro's model card is said to name, among its training speech, some that other
synthesizers made; hibari's was made by Kokoro.

## Programs and libraries of the system

| what | licence | used for |
| --- | --- | --- |
| ffmpeg | GPL-2.0-or-later as Debian builds it | measures finished films; run as a program |
| libflite | BSD-like (Carnegie Mellon University) | speaks English |
| libespeak-ng | GPL-3.0-or-later | speaks, and finds words in recordings; a process of its own |
| Cairo | LGPL-2.1 or MPL-1.1 | draws |
| Pango | LGPL-2.0-or-later | sets text, burnt-in captions too |
| fontconfig | MIT-like | finds fonts |
| Chromium | BSD-3-Clause and others | opens pages in the tests; a render needs none |

The package `av` brings FFmpeg's libraries with it (LGPL-3.0-or-later), and among them libx264 and
libx265 (GPL-2.0-or-later): whoever hands on an installed environment hands on those too. Piper,
which is not installed unless asked for, is GPL-3.0-or-later.

## Python packages

"""


def of_voices() -> set[str]:
    """The packages that only the neural voices need."""
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in VOICES)
    return {_plain(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.M)}


def pins() -> dict[str, list[str]]:
    """The versions that are pinned; some packages have one for each Python."""
    found: dict[str, list[str]] = {}
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in PINNED)
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", text, re.M):
        found.setdefault(_plain(name), []).append(version)
    return found


def for_render() -> set[str]:
    """The packages that a render needs: the project's own and, in turn, theirs."""
    found: set[str] = set()
    waiting = ["narrated-explainer"]
    while waiting:
        name, _, extras = waiting.pop().partition("[")
        try:
            wanted = requires(name) or []
        except PackageNotFoundError:
            continue
        for text in wanted:
            extra = re.search(r"extra == ['\"]([^'\"]+)", text)
            needed = re.match(r"[A-Za-z0-9._-]+(\[[^]]*\])?", text)
            if not needed or (extra and extra[1] not in re.findall(r"[\w.-]+", extras)):
                continue
            if _plain(needed[0].partition("[")[0]) not in found:
                found.add(_plain(needed[0].partition("[")[0]))
                waiting.append(needed[0])
    return found


def licence(name: str) -> str:
    """What a package says of its licence, in the shortest of its forms."""
    try:
        about = metadata(name)
    except PackageNotFoundError:
        return ELSEWHERE.get(name, "unknown")
    if name in OFFERED:
        return OFFERED[name]
    if expression := about.get("License-Expression"):
        return expression
    short = (about.get("License") or "").strip()
    classes = [line.rpartition("::")[2].strip() for line in about.get_all("Classifier") or []]
    classes = [each for each in classes if each in PLAIN]
    said = short if 0 < len(short) < 40 else " and ".join(classes)
    said = PLAIN.get(said, said)
    return said if said not in ("", "BSD") else _by_its_text(name) or said or "unknown"


def _by_its_text(name: str) -> str:
    for file in files(name) or []:
        if re.match(r"(?i)licen[cs]e|copying", file.name):
            text = Path(str(file.locate())).read_text(encoding="utf-8", errors="replace")
            if "Redistribution and use in source and binary forms" in text:
                return "BSD-3-Clause" if "Neither the name" in text else "BSD-2-Clause"
            if "Permission is hereby granted, free of charge" in text:
                return "MIT"
    return ""


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def table() -> str:
    needed, speaking = for_render() | ELSEWHERE.keys(), of_voices()
    lines = ["| package | version | licence | needed by |", "| --- | --- | --- | --- |"]
    for name, versions in sorted(pins().items()):
        by = "a render" if name in needed else "the tests, or an extra"
        by = "the neural voices" if name in speaking else by
        lines.append(f"| {name} | {', '.join(versions)} | {licence(name)} | {by} |")
    return "\n".join(lines)


def main() -> None:
    text = f"{INTRO}{table()}\n"
    if "--write" in sys.argv:
        (ROOT / "bench" / "LICENCES.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
