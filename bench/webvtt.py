"""Our WebVTT, and seeded faults in it, before the W3C's parser and before our own reader.

    npm install --prefix FOLDER webvtt-parser
    python bench/webvtt.py FOLDER

Prints a Markdown table; needs node.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from caption_films import FILM, GERMAN, SPANISH, film_of
from explainer.captions.formats.registry import FORMATS, read_captions
from explainer.captions.segment import segment
from tiny_film import timeline
from webvtt_faults import FAULTS

HOSTILE = ("A <b>bold</b> claim: x < y --> z > w & v.", "Then &amp; and &lt; & <00:01.000> -->")
FORMS = {suffix: FORMATS[suffix].write for suffix in (".vtt", ".words.vtt")}


def refused(path: Path) -> bool:
    try:
        read_captions(path)
    except ValueError:
        return True
    return False


def main() -> None:
    films = {
        "hostile": film_of(*HOSTILE),
        "en": film_of(*FILM),
        "es": film_of(*SPANISH),
        "de": film_of(*GERMAN),
    }
    with tempfile.TemporaryDirectory() as name:
        made: dict[Path, str] = {}
        for suffix, form in FORMS.items():
            for language, film in films.items():
                path = Path(name) / f"{language}{suffix}"
                made[path] = f"the test film, {language}, {suffix}"
                path.write_text(form(segment(film), language), encoding="utf-8")
            good = form(segment(timeline()), "en")
            for number, (fault, change) in enumerate(FAULTS.items()):
                path = Path(name) / f"{number}{suffix}"
                made[path] = f"{fault}, {suffix}"
                path.write_bytes(re.sub(*change, good, count=1).encode())
        command = ["node", str(Path(__file__).with_suffix(".mjs")), sys.argv[1], *map(str, made)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        print("| file | cues | errors by the W3C's parser | refused by ours |")
        print("| --- | --- | --- | --- |")
        for line in done.stdout.splitlines():
            path, cues, errors = json.loads(line)
            ours = "yes" if refused(Path(path)) else "no"
            print(f"| {made[Path(path)]} | {cues} | {len(errors)} | {ours} |")


if __name__ == "__main__":
    main()
