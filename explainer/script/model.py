"""The checked script of a film, as data: `Script` holds `Scene`s, which hold `Line`s."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from explainer.errors import Problem, SourceLocation
from explainer.script import scene_source
from explainer.script.narration_text import NarrationText
from explainer.script.page_info import Citation, PageInfo


@dataclass(frozen=True, slots=True)
class Music:
    """Background music: a file in assets/, and how many dB below the voice where nobody speaks."""

    bed: str
    below: float


@dataclass(frozen=True, slots=True)
class Line:
    """The unit of everything: one stretch of narration and the picture that goes with it.

    A line whose `say` has no words is silent and lasts for its `hold`. `voice` is the line's own
    (empty: the film's), `speaker` the name that captions and transcript give who speaks.
    """

    scene: str
    id: str
    say: NarrationText
    show: str
    cite: tuple[str, ...]
    hold: int
    place: SourceLocation
    sounds: dict[str, str] = field(default_factory=dict)  # file in assets/ by cue
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)  # texts in the picture
    voice: str = ""
    speaker: str = ""

    @property
    def key(self) -> str:
        """The line's full name, `scene.line`."""
        return f"{self.scene}.{self.id}"


@dataclass(frozen=True, slots=True)
class Scene:
    """Lines that are drawn by one class and make one chapter."""

    id: str
    title: str
    lines: tuple[Line, ...]
    place: SourceLocation


@dataclass(frozen=True, slots=True)
class Script:
    """A film in words. `limit` and every `hold` are in ticks; `warnings` do not stop a render.

    `stem` is what its files are called by: the name, of a translation with its language.
    """

    path: Path
    name: str
    file_stem: str
    title: str
    language: str
    limit: int
    voices: tuple[str, ...]
    poster: str
    lexicon: dict[str, str]
    sources: dict[str, Citation]
    scenes: tuple[Scene, ...]
    warnings: tuple[Problem, ...]
    music: Music | None = None
    phonemes: dict[str, dict[str, str]] = field(default_factory=dict)
    page_info: PageInfo = field(default_factory=PageInfo)
    engines: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The folder that holds the script, its scenes and its assets."""
        return self.path.parent

    @property
    def language_suffix(self) -> str:
        """What sets the files of a translation apart: `.es`, of the script itself nothing."""
        return self.file_stem.removeprefix(self.name)

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines in play order."""
        return tuple(line for scene in self.scenes for line in scene.lines)

    @property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """The texts that pictures show, by name, of all lines."""
        return {name: texts for line in self.lines for name, texts in line.labels.items()}

    def scene_file(self, scene_id: str) -> Path:
        """The file that draws a scene."""
        return self.folder / "scenes" / scene_source.file_name(scene_id)
