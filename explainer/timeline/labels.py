"""Labels: the texts that stand in a picture; mobjects and a camera in, where each is read out.

A scene asks by name for what the script wants `written`. Manim's own texts are known by what they
are; a text made of anything else is announced with `readable`. Lengths are pixels of a picture
whose short side has 1080, whatever size it is drawn at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from explainer.cache import tracing
from explainer.cache.inputs import value_state

SHORT = 1080
"""The short side of the picture that lengths are counted in."""
SEEN = 0.5
"""The opacity above which a text can be read."""

AnyMobject = TypeVar("AnyMobject")

Texts = Mapping[str, tuple[str, ...]]
"""The texts of a script's labels, by name."""
_GIVEN: ContextVar[tuple[Texts, bool]] = ContextVar("given", default=({}, True))


def give(texts: Texts, drawn: bool = True) -> None:
    """Set what `written` gives from now on, and whether labels are drawn at all."""
    _GIVEN.set((texts, drawn))


def written(name: str) -> tuple[str, ...]:
    """The texts of a label as the script gives them, in the language of the film.

    Raises:
        LookupError: if there is no such label.
    """
    texts = _GIVEN.get()[0]
    if name not in texts:
        known = ", ".join(texts) or "none"
        raise LookupError(f"the script gives this scene no label “{name}”; its labels: {known}")
    tracing.note("label", name, value_state(list(texts[name])))
    return texts[name]


def labelled() -> bool:
    """Whether labels are drawn; where they are not, one picture serves every language."""
    return _GIVEN.get()[1]


@dataclass(frozen=True, slots=True)
class Label:
    """A text with the box (left, top, right, bottom) of its ink, alike in all of `frames`.

    `size` is its em, `colour` its fill as #rrggbb, `opacity` that of the fill. `frames` count from
    the start of its line. The film's header is allowed where no other label is.
    """

    text: str
    box: tuple[float, float, float, float]
    size: float
    colour: str
    opacity: float = 1.0
    header: bool = False
    frames: tuple[int, ...] = ()

    @classmethod
    def of(cls, record: dict[str, Any]) -> Label:
        """The label that `dataclasses.asdict` gave, from JSON or not."""
        left, top, right, bottom = record["box"]
        return cls(**{**record, "box": (left, top, right, bottom), "frames": (*record["frames"],)})


def readable(mobject: AnyMobject, text: str, em: float) -> AnyMobject:
    """Announce that a mobject is read as `text`; `em` is its size as it is now, in units."""
    made: Any = mobject
    made.label_text, made.label_em = text, em / made.height
    return mobject


def samples(frames: int, fps: int, cues: Iterable[int]) -> frozenset[int]:
    """The frames of a line to look at: each cue's, every half second's and the last.

    Each comes with a neighbour, by which a label that changes is known from one at rest.
    """
    chosen = {*range(0, frames, max(1, fps // 2)), *cues, frames - 1}
    return frozenset(chosen | {n + 1 if n + 1 < frames else n - 1 for n in chosen})


class Sightings:
    """Gathers what is read in which frames of one line."""

    def __init__(self) -> None:
        self._frames: dict[Label, list[int]] = {}

    def note(self, frames: Sequence[int], mobjects: Iterable[Any], camera: Any) -> None:
        """Look at the mobjects of a scene as they are now, which is what `frames` show."""
        for label in _read(mobjects, camera):
            self._frames.setdefault(label, []).extend(frames)

    def labels(self) -> tuple[Label, ...]:
        """What was seen so far."""
        return tuple(replace(one, frames=tuple(at)) for one, at in self._frames.items())


def _read(mobjects: Iterable[Any], camera: Any) -> Iterator[Label]:
    done: set[int] = set()
    waiting = [(mobject, False) for mobject in mobjects]
    while waiting:
        mobject, header = waiting.pop(0)
        if id(mobject) in done:
            continue
        done.add(id(mobject))
        header = header or getattr(mobject, "is_header", False)
        text = _text(mobject)
        if text is None:
            waiting += [(part, header) for part in mobject.submobjects]
        elif label := _label(mobject, text, camera, header):
            yield label


def _text(mobject: Any) -> str | None:
    for name in ("label_text", "original_text", "text", "tex_string"):
        if isinstance(text := getattr(mobject, name, None), str):
            return text
    return None


def _label(mobject: Any, text: str, camera: Any, header: bool) -> Label | None:
    parts = [part for part in mobject.get_family() if len(part.points) and _opacity(part) > SEEN]
    if not parts:
        return None
    size = np.array((camera.pixel_width, camera.pixel_height))
    size = size * SHORT / size.min()
    if hasattr(camera, "phi_tracker"):  # a camera in space, which projects
        shown = [camera.transform_points_pre_display(part, part.points)[:, :2] for part in parts]
        height, centre = camera.frame_height, np.asarray(camera.frame_center)[:2]
    else:
        shown = [part.points[:, :2] for part in parts]
        pinned = getattr(parts[0], "pinned", False) is True and hasattr(camera, "home")
        frame = camera.home if pinned else camera.frame
        height, centre = frame.height, frame.get_center()[:2]
    points = np.concatenate(shown)
    unit = size[1] / height
    ink = size / 2 + (points - centre) * (unit, -unit)
    box = np.round([*ink.min(axis=0), *ink.max(axis=0)], 1).tolist()
    if box[2] <= 0 or box[3] <= 0 or box[0] >= size[0] or box[1] >= size[1]:
        return None
    # Manim's texts have an em of a 72nd of a unit for each point of their size
    em = (
        mobject.label_em * mobject.height
        if hasattr(mobject, "label_em")
        else mobject.font_size / 72
    )
    red, green, blue = np.rint(parts[0].fill_rgbas[:, :3].mean(axis=0) * 255).astype(int)
    return Label(
        text=text,
        box=tuple(box),
        size=round(float(em * unit), 1),
        colour=f"#{red:02x}{green:02x}{blue:02x}",
        opacity=round(max(map(_opacity, parts)), 2),
        header=header,
    )


def _opacity(part: Any) -> float:
    fill = getattr(part, "fill_rgbas", None)
    return 0.0 if fill is None else float(fill[:, 3].max())
