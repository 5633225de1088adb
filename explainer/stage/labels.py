"""The labels that a viewer reads in a frame: a scene's mobjects and its camera in, labels out.

What each mobject says comes from `text_content`. Lengths are pixels of a picture whose short side
has 1080, as in `timeline.labels`.
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
from explainer.stage.mobject_attributes import identity, is_pinned, own_attribute
from explainer.stage.text_content import (
    TextReading,
    em_per_size,
    join_letters,
    outline_size,
    reading_of,
    visible_text,
)
from explainer.timeline.labels import (
    MIN_OPACITY,
    REFERENCE_SIDE,
    Label,
    LabelStay,
    LowTexts,
)

MAX_COLOURS = 8
"""Colours looked at of a text that has more, from the darkest to the lightest."""
MEASURED_SHAPES = 3
"""Shapes of a text that are measured for its type size; one that is drawn in part is smaller."""

Letters = tuple[str, bool, dict[int, tuple[Any, TextReading]]]
"""A text whose letters are shown one by one, whether it is in the header, and each letter's mobject
and reading by its place in the text."""
FoundText = tuple[Any, TextReading, bool]
"""A mobject that is read as a text, its reading, and whether it is in the header."""
ReadLabel = tuple[Any, Label]
"""What is read (a mobject, or the text and number of single letters), and its label."""


class LabelRecorder:
    """Collects the labels of one line, with the frames in which each is seen."""

    def __init__(self) -> None:
        self._frames: dict[Label, list[int]] = {}
        self._ids: dict[Any, int] = {}
        self._kept_alive: list[Any] = []
        self._last: tuple[int, dict[Any, Label]] = (-2, {})
        self._low_stays: dict[str, list[tuple[int, int]]] = {}
        # by whole text or mobject, which is kept so that no other gets its id()
        self._open_stays: dict[Any, tuple[Any, LabelStay]] = {}
        self._ended_stays: list[LabelStay] = []

    def record(self, frames: Sequence[int], mobjects: Iterable[Any], camera: Any) -> None:
        """Record the labels among a scene's mobjects, which `frames` show as they are now."""
        found = [(_key(read), read, label) for read, label in find_labels(mobjects, camera)]
        now = {key: label for key, _, label in found}
        last_frame, before = self._last
        gone = {key: label for key, label in before.items() if key not in now}
        for key, read, label in found:
            if key not in self._ids:
                is_next = last_frame == frames[0] - 1
                older = [k for k, old in gone.items() if is_next and label.resembles(old)]
                self._ids[key] = self._ids[older[0]] if older else len(self._ids) + 1
                # it is known by its id(), which another object must not get
                self._kept_alive.append(read)
            self._frames.setdefault(replace(label, id=self._ids[key]), []).extend(frames)
        self._last = frames[-1], now

    def record_texts(self, frames: range, mobjects: Iterable[Any], camera: Any) -> None:
        """Record which texts are in sight, and which in the caption band; called for every frame.

        A text may come and go, and a caption may come, between the frames of `record`.
        """
        mobjects = [*mobjects]
        texts = [*_find_texts(mobjects)]
        self._record_stays(frames, texts, camera)
        if not may_be_low(texts, camera):
            return
        found = find_labels(mobjects, camera)
        low = {label.text for _, label in found if _is_in_caption_band(label, camera)}
        for text in low:
            stays = self._low_stays.setdefault(text, [])
            if stays and stays[-1][1] + 1 == frames[0]:
                stays[-1] = stays[-1][0], frames[-1]
            else:
                stays.append((frames[0], frames[-1]))

    def _record_stays(self, frames: range, texts: Iterable[FoundText], camera: Any) -> None:
        """Record which texts are in sight in frames that show them as they are now."""
        seen = {}
        for mobject, reading, header in texts:
            if not _is_in_sight(mobject, camera):
                continue
            text = reading.whole or reading.text
            key = reading.whole or id(mobject)
            _, stay = self._open_stays.pop(key, (None, None))
            if key in seen:
                continue
            if stay and stay.last == frames[0] - 1:
                seen[key] = mobject, replace(stay, last_text=text, last=frames[-1])
                continue
            if stay:
                self._ended_stays.append(stay)
            seen[key] = mobject, LabelStay(text, text, frames[0], frames[-1], header)
        self._ended_stays += [stay for _, stay in self._open_stays.values()]
        self._open_stays = seen

    def stays(self) -> tuple[LabelStay, ...]:
        """When each text was in sight so far, in the order in which they came."""
        stays = [*self._ended_stays, *(stay for _, stay in self._open_stays.values())]
        return tuple(sorted(stays, key=lambda stay: stay.first))

    def low_texts(self) -> LowTexts:
        """The texts recorded in the caption band so far."""
        return tuple((text, *stay) for text, stays in self._low_stays.items() for stay in stays)

    def labels(self) -> tuple[Label, ...]:
        """The labels recorded so far."""
        return tuple(replace(label, frames=tuple(at)) for label, at in self._frames.items())


def _key(read: Any) -> Any:
    return read if isinstance(read, tuple) else id(read)


def may_be_low(texts: Sequence[FoundText], camera: Any) -> bool:
    """Whether a text may reach down to the caption band; quick, as it is asked for every frame."""
    if not texts or not hasattr(camera, "home"):
        return bool(texts)  # a camera in space: where a text is seen must be worked out
    share = 0.5 - _frame_format(camera).caption_band[0] / camera.pixel_height
    home = camera.home.get_center()[1] + share * camera.home.height
    top: float = max(home, camera.frame_center[1] + share * camera.frame_height)
    return any(_lowest_y(mobject) < top for mobject, _, _ in texts)


def _lowest_y(mobject: Any) -> float:
    """The least y of a mobject's points and those of its parts."""
    own_points = mobject.points
    lowest = float(own_points[:, 1].min()) if len(own_points) else math.inf
    return min((lowest, *map(_lowest_y, mobject.submobjects)))


def _parts(mobject: Any) -> Iterator[Any]:
    """A mobject and all in it, one after another."""
    yield mobject
    for part in mobject.submobjects:
        yield from _parts(part)


def _is_in_sight(mobject: Any, camera: Any) -> bool:
    return any(_is_visible(part) and _is_in_frame(part, camera) for part in _parts(mobject))


def _is_in_frame(part: Any, camera: Any) -> bool:
    """Whether a part with points may be in the picture; in space, all may be."""
    if not hasattr(camera, "home"):
        return True
    centre, height = _view(part, camera)
    half = height / 2 * np.array((camera.pixel_width / camera.pixel_height, 1))
    low, high = part.points[:, :2].min(axis=0), part.points[:, :2].max(axis=0)
    return bool((high > centre - half).all() and (low < centre + half).all())


def _view(part: Any, camera: Any) -> tuple[NDArray[np.float64], float]:
    """The centre and the height of what a camera shows, for a part that may be pinned to it."""
    if is_pinned(part) and hasattr(camera, "home"):
        return camera.home.get_center()[:2], camera.home.height
    return np.asarray(camera.frame_center)[:2], camera.frame_height


def _frame_format(camera: Any) -> FrameFormat:
    return FrameFormat("", camera.pixel_width, camera.pixel_height, 1)


def _is_in_caption_band(label: Label, camera: Any) -> bool:
    """Whether a label enters the caption band of a camera's picture."""
    frame = _frame_format(camera)
    width, top, bottom = (edge / frame.scale for edge in (frame.width, *frame.caption_band))
    left, high, right, low = label.box
    return min(right, width) - max(left, 0) > 1 and min(low, bottom) - max(high, top) > 1


def find_labels(mobjects: Iterable[Any], camera: Any) -> Iterator[ReadLabel]:
    """The texts among mobjects and their parts, as the camera shows them."""
    single_letters: list[Letters] = []
    for mobject, reading, header in _find_texts(mobjects):
        if reading.whole:
            _add_letter(single_letters, mobject, reading, header)
            continue
        shapes = [part for part in mobject.get_family() if _is_visible(part)]
        if shapes:
            text = visible_text(mobject, reading, _is_any_visible)
            found = _labels_of(shapes, text, camera, header)
            yield from ((mobject, label) for label in found)
    for number, (whole, header, letters) in enumerate(single_letters):
        places = [place for place, (letter, _) in sorted(letters.items()) if _is_visible(letter)]
        if places:
            shapes = [letters[place][0] for place in places]
            plain = all(len(letters[place][1].text) == 1 for place in places)
            text = join_letters(whole, places) if plain else whole
            found = _labels_of(shapes, text, camera, header)
            yield from (((whole, number), label) for label in found)


def _add_letter(
    single_letters: list[Letters], letter: Any, reading: TextReading, header: bool
) -> None:
    """Add a letter that is shown alone to the others of its text."""
    for whole, in_header, letters in single_letters:
        if (whole, in_header) == (reading.whole, header) and reading.place not in letters:
            letters[reading.place] = letter, reading
            return
    single_letters.append((reading.whole, header, {reading.place: (letter, reading)}))


def _find_texts(mobjects: Iterable[Any]) -> Iterator[FoundText]:
    """Each text, what it is read as, and whether it is in the header."""
    done: set[Any] = set()
    waiting = [(mobject, False) for mobject in mobjects]
    while waiting:
        mobject, header = waiting.pop(0)
        key = identity(mobject)
        if key in done:
            continue
        done.add(key)
        header = header or own_attribute(mobject, "is_header") is True
        reading = reading_of(mobject)
        if reading is None:
            waiting += [(part, header) for part in mobject.submobjects]
        elif reading.text.strip():
            yield mobject, reading, header


def _is_visible(part: Any) -> bool:
    """Whether it is a shape of a text that can be seen."""
    return em_per_size(part) > 0 and len(part.points) > 0 and _opacity(part) > MIN_OPACITY


def _is_any_visible(part: Any) -> bool:
    return any(map(_is_visible, part.get_family()))


def _opacity(part: Any) -> float:
    fill = getattr(part, "fill_rgbas", None)
    return 0.0 if fill is None or not len(fill) else float(fill[:, 3].max())


def _labels_of(shapes: Sequence[Any], text: str, camera: Any, header: bool) -> Iterator[Label]:
    """A text as it is shown, by its visible shapes: one label for each of its colours."""
    size = np.array((camera.pixel_width, camera.pixel_height))
    size = size * REFERENCE_SIDE / size.min()
    points = _to_pixels(shapes, size, camera)
    left, top = np.min([one.min(axis=0) for one in points], axis=0)
    right, bottom = np.max([one.max(axis=0) for one in points], axis=0)
    measured = {round(n) for n in np.linspace(0, len(shapes) - 1, MEASURED_SHAPES)}
    em = max(em_per_size(shapes[n]) * outline_size(points[n]) for n in measured)
    if right <= 0 or bottom <= 0 or left >= size[0] or top >= size[1] or em < 0.001:
        return
    for colour, opacity in _colours_with_opacity(shapes):
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


def _to_pixels(
    shapes: Sequence[Any], size: NDArray[np.float64], camera: Any
) -> list[NDArray[np.float64]]:
    """Where the points of shapes are in a picture of that width and height, from its upper left."""
    centre, height = _view(shapes[0], camera)
    flat = hasattr(camera, "home")
    unit = size[1] / height
    found = []
    for part in shapes:
        points = part.points if flat else camera.transform_points_pre_display(part, part.points)
        found.append(size / 2 + (points[:, :2] - centre) * (unit, -unit))
    return found


def _colours_with_opacity(shapes: Sequence[Any]) -> list[tuple[str, float]]:
    """The colours of a text's letters as #rrggbb, each with its highest opacity."""
    found: dict[tuple[int, ...], float] = defaultdict(float)
    for part in shapes:
        colour = np.rint(part.fill_rgbas[:, :3].mean(axis=0) * 255).astype(int)
        key = tuple(colour.tolist())
        found[key] = max(found[key], _opacity(part))
    colours = list(found)
    if len(colours) > MAX_COLOURS:
        colours.sort(key=lambda rgb: np.dot(rgb, (0.2126, 0.7152, 0.0722)))
        colours = [colours[round(n)] for n in np.linspace(0, len(colours) - 1, MAX_COLOURS)]
    return [("#{:02x}{:02x}{:02x}".format(*rgb), round(found[rgb], 2)) for rgb in colours]
