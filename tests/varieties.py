"""Films as people make them, of all aspects, languages, voices and lengths; all of them good."""

from __future__ import annotations

import contextlib
import io
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from delivered import Fault, seen, spoken
from explainer.cli import main as render
from explainer.clock import frame_ticks
from explainer.timeline.json import load_for_film
from explainer.timeline.model import Timeline
from explainer.verify.measure import verify
from project import ROOT

TEXTS = {
    "en": (
        "A small [round]{here} dot appears in the middle of the picture.",
        "It slowly [moves]{here} over to the other side.",
        "There it stops, and [waits]{here} for somebody to come.",
        "Nobody [comes]{here}, so it goes back to where it was.",
    ),
    "es": (
        "Un punto [pequeño]{here} aparece en medio de la imagen.",
        "Después se [mueve]{here} hacia el otro lado.",
    ),
    "de": (
        "Ein kleiner [Punkt]{here} erscheint in der Mitte des Bildes.",
        "Er geht [langsam]{here} auf die andere Seite.",
    ),
    "fr": (
        "Un petit point [apparaît]{here} au milieu de l'image.",
        "Il passe lentement de l'autre [côté]{here}.",
    ),
    "ar": ("تظهر نقطة [صغيرة]{here} في وسط الصورة.", "ثم تتحرك ببطء إلى [الجانب]{here} الآخر."),
    "zh": ("一个小圆点出现在[画面]{here}的中央。", "然后它慢慢地移到[另一边]{here}。"),
}
"""Lines of a film by language, none of them with a number."""

SCENE = """\
from manim import LEFT, RIGHT, UP, Circle, FadeIn, Text

from explainer.scene import NarratedScene, labels_enabled, label_texts


class Dots(NarratedScene):
    def line0(self):
        self.dot = Circle(1, stroke_width=0, fill_color="#FF5C8A", fill_opacity=1)
        self.play(FadeIn(self.dot), until="here")
        if labels_enabled():
            name = Text(label_texts("name")[0], font="Inter", font_size=30, color="#F4F6FF")
            self.play(FadeIn(name.shift(1.6 * UP)), run_time=0.3)
"""
MOVE = """
    def line{}(self):
        self.play(self.dot.animate.shift({}), at="here", run_time=0.8)
"""


@dataclass(frozen=True, slots=True)
class Variety:
    """A film: its language, its voice, how many lines it has, and what it is made with."""

    name: str
    quality: str = "320x180@15"
    language: str = "en"
    voice: str = "flite"
    lines: int = 2
    options: tuple[str, ...] = ()
    extra: str = ""
    more: dict[int, str] = field(default_factory=dict)
    languages: tuple[str, ...] = ()
    film: str = "build/good.mp4"
    recorded: bool = False


BED = "music: {bed: music/bed.flac, below: 14}\n"
SOUND = "        sounds: {here: sounds/lock.flac}\n"

FULL_SIZE = Variety("full size", "1920x1080@30", voice="hibari")
VARIETIES = (
    Variety("a neural voice, wide", "1280x720@30", voice="hibari"),
    Variety("upright", "360x640@25", voice="hibari"),
    Variety("square, a neural man", "360x360@30", voice="kokoro:am_michael"),
    Variety("four to three", "640x480@24"),
    Variety("espeak", "426x240@30", voice="espeak"),
    Variety("two seconds of beeps", "160x90@10", voice="tone", lines=1),
    Variety("Spanish by a neural voice", language="es", voice="kokoro:ef_dora"),
    Variety("Spanish by espeak, upright", "180x320@30", "es", "espeak"),
    Variety("German", "640x360@25", "de", "espeak"),
    Variety("French, square", "240x240@24", "fr", "espeak"),
    Variety("Arabic", "640x360@15", "ar", "espeak"),
    Variety("Chinese", "640x360@15", "zh", "espeak"),
    Variety("recordings", recorded=True, voice="recording"),
    Variety("music", voice="hibari", extra=BED),
    Variety("music and effects", extra=BED, more={0: SOUND, 1: SOUND}, lines=4),
    Variety("captions in the picture", "1280x720@15", options=("--burn-in",)),
    Variety("captions in an upright picture", "360x640@15", "de", "espeak", options=("--burn-in",)),
    Variety(
        "one picture in three languages",
        options=("--lang", "en,es,de", "--labels", "none"),
        voice="espeak",
        languages=("es", "de"),
        film="build/good.en+es+de.mp4",
    ),
    Variety("75 seconds", "160x90@10", voice="hibari", lines=21),
    Variety("three minutes with music", "160x90@10", lines=56, extra=BED),
    Variety("two speakers", more={1: "        voice: espeak\n        speaker: Guest\n"}),
    Variety("sixty frames a second", "426x240@60", lines=3),
    FULL_SIZE,
    Variety("a silent line", more={1: "        hold: 1.5\n"}, lines=3),
)
"""Films that are good, each in its own way."""

SCRIPTS_OWN = "rhythm", "word times"
"""Rows that judge the script and its voice, not what was made of it."""


def _script(kind: Variety) -> str:
    texts = TEXTS[kind.language]
    head = f"name: good\ntitle: A good film\nlanguage: {kind.language}\nlimit: 600\n"
    head += (
        f"voice: [{kind.voice}]\n{kind.extra}scenes:\n  - id: dots\n    title: Dots\n    lines:\n"
    )
    for number in range(kind.lines):
        head += f"      - id: line{number}\n        say: {texts[number % len(texts)]!r}\n"
        head += "        show: A dot.\n"
        head += "" if number else "        labels: {name: Nucleus}\n"
        head += kind.more.get(number, "")
    return head


def _translated(kind: Variety, language: str) -> str:
    texts = TEXTS[language]
    head = f"language: {language}\ntitle: Film\nvoice: [{kind.voice}]\nscenes:\n  dots:\n"
    head += "    title: Dots\n    lines:\n"
    for number in range(kind.lines):
        head += f"      line{number}:\n        say: {texts[number % len(texts)]!r}\n"
        head += "        show: A dot.\n"
        head += "" if number else "        labels: {name: Nucleus}\n"
    return head


def written(kind: Variety, folder: Path) -> None:
    """Write a film's script, scene and recordings."""
    (folder / "scenes").mkdir(parents=True)
    (folder / "assets").mkdir()
    (folder / "assets" / "fonts").symlink_to(ROOT / "assets" / "fonts")
    for name in ("music", "sounds"):
        shutil.copytree(ROOT / "assets" / name, folder / "assets" / name)
    (folder / "script.yaml").write_text(_script(kind), encoding="utf-8")
    for language in kind.languages:
        path = folder / f"script.{language}.yaml"
        path.write_text(_translated(kind, language), encoding="utf-8")
    ways = ("2 * LEFT", "2 * RIGHT")
    moves = (MOVE.format(number, ways[number % 2]) for number in range(1, kind.lines))
    (folder / "scenes" / "dots.py").write_text(SCENE + "".join(moves), encoding="utf-8")
    if kind.recorded:
        (folder / "recordings").mkdir()
        for number, text in enumerate(TEXTS["en"][: kind.lines]):
            plain = text.replace("[", "").replace("]{here}", "")
            spoken(folder / "recordings" / f"dots.line{number}.wav", plain, "flite", "en")


def made(kind: Variety, folder: Path) -> Path:
    """A film made by the command line.

    Raises:
        AssertionError: with what was said, if it could not be made.
    """
    written(kind, folder)
    said = io.StringIO()
    quiet = contextlib.redirect_stderr(said), contextlib.redirect_stdout(said)
    with contextlib.chdir(folder), quiet[0], quiet[1]:
        code = render(["film", "--quality", kind.quality, *kind.options])
    assert code == 0, said.getvalue()
    return folder / kind.film


def full_size_faults(clock: Timeline) -> dict[str, Fault]:
    """Small faults of the picture of the film in full size, where its label and its dot are."""
    label = clock.lines[1].labels[0]
    left, top, right, bottom = (round(edge) for edge in label.box)
    frame = clock.lines[1].start // frame_ticks(clock.fps)
    here = f"enable='eq(n,{frame})'"
    x, y, width, height = left - 8, top - 8, right - left + 16, bottom - top + 16
    word = f"crop={width}:{height}:{x}:{y}"
    gone = f"drawbox=x={x}:y={y}:w={width}:h={height}:c=black:t=fill"
    letter = f"drawbox=x={right - (right - left) // 8}:y={y}:w=40:h={height}:c=black:t=fill"
    middle = clock.lines[1].start // frame_ticks(clock.fps) + 5

    def changed(how: str, right: int = 0, down: int = 0) -> Fault:
        return seen(f"split[a][b];[b]{word},{how}[c];[a]{gone}[d];"
                    f"[d][c]overlay={x + right}:{y + down}")  # fmt: skip

    def block(size: int, colour: str) -> Fault:
        place = f"x={960 - size // 2}:y={540 - size // 2}:w={size}:h={size}"
        return seen(f"drawbox={place}:c={colour}:t=fill:{here}")

    return {
        "a letter gone": seen(letter),
        "a letter gone for one frame": seen(f"{letter}:enable='eq(n,{middle})'"),
        "a label gone": seen(gone),
        "a label 8 pixels to the right": changed("null", right=8),
        "a label 8 pixels lower": changed("null", down=8),
        "a label in another colour": changed("colorchannelmixer=bb=0.2,format=yuv420p"),
        "a label dimmer": changed("eq=contrast=0.85"),
        "a label blurred": changed("gblur=sigma=2"),
        "the dot in another colour": seen("hue=h=8"),
        "one frame doubled in place of the next": seen("shuffleframes=0 1 2 3 4 4 6 7 8 9"),
        "one frame missing": seen(f"select='not(eq(n,{middle + 30}))',setpts=N/FR/TB"),
        "two frames swapped": seen("shuffleframes=0 1 2 3 5 4 6 7 8 9"),
        "one frame blurred": seen(f"gblur=sigma=1:{here}"),
        "a block of 64 pixels black for one frame": block(64, "black"),
        "a block of 16 pixels black for one frame": block(16, "black"),
        "a block of 8 pixels white for one frame": seen(
            f"drawbox=x=301:y=303:w=8:h=8:c=white:t=fill:{here}"
        ),
        "a white line of one pixel for one frame": seen(
            f"drawbox=x=0:y=300:w=iw:h=1:c=white:t=fill:{here}"
        ),
        "the picture two pixels to the right": seen("scroll=hpos=2/1920"),
        "drawn at half its size": seen("scale=iw/2:ih/2,scale=2*iw:2*ih"),
    }


def wrong(kind: Variety, folder: Path) -> list[str]:
    """What `verify` finds fault with in a good film, but for what its script answers for."""
    film = made(kind, folder)
    failed = (one for one in verify(film, load_for_film(film)).results if one.ok is False)
    return [f"{one.name}: {one.measured}" for one in failed if not one.name.endswith(SCRIPTS_OWN)]
