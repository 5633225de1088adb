"""A `timeline.json` in, the Timeline that wrote it out; `beside` finds those of a film."""

from __future__ import annotations

import glob
import json
from pathlib import Path
from typing import Any

from explainer.clock import TICKS
from explainer.errors import ScriptError
from explainer.extras import Extras
from explainer.labels import Label
from explainer.music import Music
from explainer.timeline import TimedCue, TimedLine, TimedScene, TimedWord, Timeline

_END = ".timeline.json"


def beside(film: Path) -> list[Timeline]:
    """The timelines that lie beside a film, one for each of its languages; none if there are none.

    Raises:
        ScriptError: if one cannot be read.
    """
    own = film.with_suffix(_END)
    several = sorted(film.parent.glob(f"{glob.escape(film.stem)}.*{_END}"))
    # in the order of the film's name, which is that of its tracks: name.en+es+de.mp4
    order = film.stem.rpartition(".")[2].split("+")
    told = [file for name in order for file in several if file.name == f"{film.stem}.{name}{_END}"]
    found = [own] if own.is_file() else told or [film.with_name("timeline.json")]
    return [from_json(file.read_text(encoding="utf-8")) for file in found if file.is_file()]


def from_json(text: str) -> Timeline:
    """The timeline that `Timeline.to_json` wrote.

    Raises:
        ScriptError: if the text is not such a record, or counts other ticks.
    """
    try:
        record = json.loads(text)
        if record["ticks_per_second"] != TICKS:
            raise ValueError(f"it counts {record['ticks_per_second']} ticks a second, not {TICKS}")
        names = ("name", "title", "language", "fps", "voice")
        return Timeline(
            **{name: record[name] for name in names},
            music=Music(**record["music"]) if record.get("music") else None,
            extras=Extras.of(record["extras"]),
            scenes=tuple(
                TimedScene(scene["id"], scene["title"], tuple(map(_read_line, scene["lines"])))
                for scene in record["scenes"]
            ),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ScriptError.of(
            f"this is not a timeline of ours: {error!r}", "write it again with: python render.py"
        ) from error


def _read_line(record: dict[str, Any]) -> TimedLine:
    lists = {
        "cite": tuple(record["cite"]),
        "words": tuple(TimedWord(**word) for word in record["words"]),
        "cues": tuple(TimedCue(**cue) for cue in record["cues"]),
        "labels": tuple(map(Label.of, record["labels"])),
        "swatches": tuple((frame, colours) for frame, colours in record.get("swatches", ())),
        "texts": {name: (*texts,) for name, texts in record.get("texts", {}).items()},
    }
    return TimedLine(**{**record, **lists})
