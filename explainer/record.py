"""The text of a `timeline.json` in, the Timeline that wrote it out."""

from __future__ import annotations

import json
from typing import Any

from explainer.clock import TICKS
from explainer.errors import ScriptError
from explainer.extras import Extras
from explainer.labels import Label
from explainer.music import Music
from explainer.timeline import TimedCue, TimedLine, TimedScene, TimedWord, Timeline


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
    }
    return TimedLine(**{**record, **lists})
