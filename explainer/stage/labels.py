"""What a viewer reads in a picture: mobjects and a camera in, labels out.

What mobjects say is known from `text_content`. Lengths are those of `timeline.labels`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explainer.frame_format import FrameFormat
from explainer.stage.mobject_attributes import is_pinned, own_attribute
from explainer.stage.text_content import Reading, em_share, joined, of, said, spread
from explainer.timeline.labels import MIN_OPACITY, REFERENCE_SIDE, Label, LowTexts

COLOURS = 8
"""Of a text in many colours, so many are looked at, from the darkest to the lightest."""
LOOKED_AT = 3
"""So many of a text's shapes tell how large its type is; one that is drawn in part is smaller."""

Word = tuple[str, bool, dict[int, tuple[Any, Reading]]]
"""A text of which letters are shown alone, if it is in the header, and they by their places."""
Found = tuple[Any, Label]
"""What is read, as a mobject or as the words that letters are of, and how it is seen."""


class Sightings:
    """Gathers what is read in which frames of one line."""

    def __init__(self) -> None:
        self._frames: dict[Label, list[int]] = {}
        self._ids: dict[Any, int] = {}
        self._held: list[Any] = []
        self._before: tuple[int, dict[Any, Label]] = (-2, {})
        self._low: dict[str, list[tuple[int, int]]] = {}

    def note(self, frames: Sequence[int], mobjects: Iterable[Any], camera: Any) -> None:
        """Look at the mobjects of a scene as they are now, which is what `frames` show."""
        found = [(_key(read), read, label) for read, label in labels(mobjects, camera)]
        now = {key: label for key, _, label in found}
        last, before = self._before
        gone = {key: label for key, label in before.items() if key not in now}
        for key, read, label in found:
            if key not in self._ids:
                older = [k for k, old in gone.items() if last == frames[0] - 1 and label.like(old)]
                self._ids[key] = self._ids[older[0]] if older else len(self._ids) + 1
                # what is known by its place in memory must stay there
                self._held.append(read)
            self._frames.setdefault(replace(label, id=self._ids[key]), []).extend(frames)
        self._before = frames[-1], now

    def note_low(self, frames: range, mobjects: Iterable[Any], camera: Any) -> None:
        """Look for texts in the caption band, in every frame, as captions come at any moment."""
        if not may_be_low(mobjects, camera):
            return
        low = {label.text for _, label in labels(mobjects, camera) if _in_band(label, camera)}
        for text in low:
            stays = self._low.setdefault(text, [])
            if stays and stays[-1][1] + 1 == frames[0]:
                stays[-1] = stays[-1][0], frames[-1]
            else:
                stays.append((frames[0], frames[-1]))

    def low_texts(self) -> LowTexts:
        """The texts that were seen in the caption band so far."""
        return tuple((text, *stay) for text, stays in self._low.items() for stay in stays)

    def labels(self) -> tuple[Label, ...]:
        """What was seen so far."""
        return tuple(replace(one, frames=tuple(at)) for one, at in self._frames.items())


def _key(read: Any) -> Any:
    return read if isinstance(read, tuple) else id(read)


def may_be_low(mobjects: Iterable[Any], camera: Any) -> bool:
    """Whether a text reaches down to the caption band or lower; a quick look, for every frame."""
    texts = [mobject for mobject, _, _ in _texts(mobjects)]
    if not texts or not hasattr(camera, "home"):
        return bool(texts)  # in space, where a text is seen takes more than a look
    share = 0.5 - _shape(camera).caption_band[0] / camera.pixel_height
    home = camera.home.get_center()[1] + share * camera.home.height
    top: float = max(home, camera.frame_center[1] + share * camera.frame_height)
    return any(_lowest(text) < top for text in texts)


def _lowest(mobject: Any) -> float:
    """The least height of a mobject's points and those of its parts."""
    own_points = mobject.points
    lowest = float(own_points[:, 1].min()) if len(own_points) else math.inf
    return min((lowest, *map(_lowest, mobject.submobjects)))


def _shape(camera: Any) -> FrameFormat:
    return FrameFormat("", camera.pixel_width, camera.pixel_height, 1)


def _in_band(label: Label, camera: Any) -> bool:
    """Whether a label enters the caption band of a camera's picture."""
    shape = _shape(camera)
    width, top, bottom = (edge / shape.scale for edge in (shape.width, *shape.caption_band))
    left, high, right, low = label.box
    return min(right, width) - max(left, 0) > 1 and min(low, bottom) - max(high, top) > 1


def labels(mobjects: Iterable[Any], camera: Any) -> Iterator[Found]:
    """The texts among mobjects and their parts, as the camera shows them."""
    words: list[Word] = []
    for mobject, reading, header in _texts(mobjects):
        if reading.whole:
            _put(words, mobject, reading, header)
            continue
        shapes = [part for part in mobject.get_family() if _seen(part)]
        if shapes:
            text = said(mobject, reading, _any_seen)
            yield from ((mobject, one) for one in _labels(shapes, text, camera, header))
    for number, (whole, header, letters) in enumerate(words):
        places = [place for place, (letter, _) in sorted(letters.items()) if _seen(letter)]
        if places:
            shapes = [letters[place][0] for place in places]
            plain = all(len(letters[place][1].text) == 1 for place in places)
            text = joined(whole, places) if plain else whole
            found = _labels(shapes, text, camera, header)
            yield from (((whole, number), one) for one in found)


def _put(words: list[Word], letter: Any, reading: Reading, header: bool) -> None:
    """Put a letter that is shown alone to the others of its word."""
    for whole, in_header, letters in words:
        if (whole, in_header) == (reading.whole, header) and reading.place not in letters:
            letters[reading.place] = letter, reading
            return
    words.append((reading.whole, header, {reading.place: (letter, reading)}))


def _texts(mobjects: Iterable[Any]) -> Iterator[tuple[Any, Reading, bool]]:
    """Each text, what it is read as, and whether it is in the header."""
    done: set[int] = set()
    waiting = [(mobject, False) for mobject in mobjects]
    while waiting:
        mobject, header = waiting.pop(0)
        if id(mobject) in done:
            continue
        done.add(id(mobject))
        header = header or own_attribute(mobject, "is_header") is True
        reading = of(mobject)
        if reading is None:
            waiting += [(part, header) for part in mobject.submobjects]
        elif reading.text.strip():
            yield mobject, reading, header


def _seen(part: Any) -> bool:
    """Whether it is a shape of a text that can be seen."""
    return em_share(part) > 0 and len(part.points) > 0 and _opacity(part) > MIN_OPACITY


def _any_seen(part: Any) -> bool:
    return any(map(_seen, part.get_family()))


def _opacity(part: Any) -> float:
    fill = getattr(part, "fill_rgbas", None)
    return 0.0 if fill is None or not len(fill) else float(fill[:, 3].max())


def _labels(shapes: Sequence[Any], text: str, camera: Any, header: bool) -> Iterator[Label]:
    """A text as it is shown: one label for each of its colours."""
    size = np.array((camera.pixel_width, camera.pixel_height))
    size = size * REFERENCE_SIDE / size.min()
    points = _pixels(shapes, size, camera)
    left, top = np.min([one.min(axis=0) for one in points], axis=0)
    right, bottom = np.max([one.max(axis=0) for one in points], axis=0)
    looked_at = {round(n) for n in np.linspace(0, len(shapes) - 1, LOOKED_AT)}
    em = max(em_share(shapes[n]) * spread(points[n]) for n in looked_at)
    if right <= 0 or bottom <= 0 or left >= size[0] or top >= size[1] or em < 0.001:
        return
    for colour, opacity in _looks(shapes):
        yield Label(
            text=text,
            box=(
                round(float(left), 1),
                round(float(top), 1),
                round(float(right), 1),
                round(float(bottom), 1),
            ),
            size=round(float(em), 3),
            colour=colour,
            opacity=opacity,
            header=header,
        )


def _pixels(
    shapes: Sequence[Any], size: NDArray[np.float64], camera: Any
) -> list[NDArray[np.float64]]:
    """Where the points of shapes are in a picture of that size, from its upper left."""
    view = camera.home if is_pinned(shapes[0]) and hasattr(camera, "home") else None
    height = view.height if view else camera.frame_height
    centre = (view.get_center() if view else np.asarray(camera.frame_center))[:2]
    flat = hasattr(camera, "home")
    unit = size[1] / height
    found = []
    for part in shapes:
        points = part.points if flat else camera.transform_points_pre_display(part, part.points)
        found.append(size / 2 + (points[:, :2] - centre) * (unit, -unit))
    return found


def _looks(shapes: Sequence[Any]) -> list[tuple[str, float]]:
    """The colours of a text's letters with their opacity."""
    found: dict[tuple[int, ...], float] = defaultdict(float)
    for part in shapes:
        colour = np.rint(part.fill_rgbas[:, :3].mean(axis=0) * 255).astype(int)
        key = tuple(colour.tolist())
        found[key] = max(found[key], _opacity(part))
    colours = list(found)
    if len(colours) > COLOURS:
        colours.sort(key=lambda rgb: np.dot(rgb, (0.2126, 0.7152, 0.0722)))
        colours = [colours[round(n)] for n in np.linspace(0, len(colours) - 1, COLOURS)]
    return [("#{:02x}{:02x}{:02x}".format(*rgb), round(found[rgb], 2)) for rgb in colours]
