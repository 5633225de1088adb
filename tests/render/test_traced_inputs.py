"""A clip is used again only while all that was read as it was drawn is the same."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from explainer import draw
from explainer.cache.store import Cache
from explainer.draw.clip import Clip
from explainer.draw.local import LocalRenderer
from explainer.draw.renderer import Renderer
from explainer.frame_format import find_format
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings
from project import ROOT

pytestmark = pytest.mark.render

Q = find_format("64x36@10")

SCRIPT = """\
name: reads
title: What is read
language: en
limit: 20
voice: [flite]
scenes:
  - id: reads
    title: Reads
    lines:
      - id: one
        say: "One."
        show: A dot.
      - id: two
        say: "Two."
        show: A dot.
"""
HEAD = "from manim import *\n\nfrom explainer.scene import NarratedScene\n\n"


class Film:
    """A film of two short lines whose scene reads what a test wants."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.write("script.yaml", SCRIPT)
        self.scene()

    @classmethod
    def of(cls, folder: Path) -> Film:
        """A film that lies in a folder already."""
        film = cls.__new__(cls)
        film.folder, film.said = folder, []
        return film

    def write(self, name: str, content: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        return path

    def scene(self, one: str = "pass", two: str = "pass", top: str = "") -> None:
        """Write the scene's file with these statements in its methods, or above its class."""
        methods = "".join(
            f"    def {name}(self):\n        {body}\n        self.add(Dot())\n\n"
            for name, body in (("one", one), ("two", two))
        )
        text = f"{HEAD}HERE = __file__.rpartition('/scenes')[0]\n{top}\n\n"
        self.write("scenes/reads.py", f"{text}class Reads(NarratedScene):\n{methods}")

    def clips(self, crew: Renderer | None = None) -> list[Clip]:
        script = load(self.folder / "script.yaml")
        shots = scene_timings(estimate_timeline(script, Q.fps))
        with Progress(quiet=True) as progress:
            progress.log = self.said.append  # type: ignore[method-assign]
            return draw.clips(
                script,
                shots,
                list(KEYS),
                Q,
                Cache(self.folder / ".explainer-cache"),
                progress,
                {},
                crew or LocalRenderer(Q),
            )

    def drawn(self) -> list[str]:
        """Render, and say which lines were drawn for it."""
        return [clip.key.partition(".")[2] for clip in self.clips() if not clip.reused]

    def plan(self) -> dict[str, str]:
        script = load(self.folder / "script.yaml")
        shots = scene_timings(estimate_timeline(script, Q.fps))
        cache = Cache(self.folder / ".explainer-cache")
        return {key[6:]: draw.stale_reason(script, shots, key, Q, cache) for key in KEYS}


KEYS = ("reads.one", "reads.two")


@pytest.fixture
def film(tmp_path: Path) -> Film:
    return Film(tmp_path / "a film")


def test_a_file_counts_for_the_line_that_opens_it_and_for_those_after_it(film: Film) -> None:
    film.write("data/a.csv", "1")
    film.write("data/b.csv", "1")
    film.scene("open(HERE + '/data/a.csv').read()", "open(HERE + '/data/b.csv').read()")
    assert film.drawn() == ["one", "two"]
    assert film.drawn() == []
    film.write("data/b.csv", "2")
    assert film.plan() == {"one": "", "two": "data/b.csv changed"}
    assert film.drawn() == ["two"]
    film.write("data/a.csv", "2")
    assert film.drawn() == ["one", "two"]
    # what was drawn from the file as it was before is still kept
    film.write("data/a.csv", "1")
    assert film.drawn() == []


def test_a_package_below_the_scenes_counts_and_so_does_a_module_that_comes_before_it(
    film: Film,
) -> None:
    film.write("scenes/lib/__init__.py", "")
    parts = film.write("scenes/lib/parts.py", "SIZE = 1\n")
    film.scene(top="from lib.parts import SIZE")
    assert film.drawn() == ["one", "two"]
    parts.write_text("SIZE = 2\n")
    assert film.plan() == dict.fromkeys(("one", "two"), "scenes/lib/parts.py changed")
    assert film.drawn() == ["one", "two"]
    film.write("scenes/lib/parts/__init__.py", "SIZE = 3\n")
    assert film.plan()["one"] == "where module scenes/lib/parts is taken from changed"


def test_an_edit_of_the_same_size_in_the_same_second_is_seen(film: Film) -> None:
    helper = film.write("scenes/helper.py", "SIZE = 1\n")
    film.scene(top="from helper import SIZE")
    film.drawn()
    state = helper.stat()
    helper.write_text("SIZE = 2\n")
    os.utime(helper, ns=(state.st_atime_ns, state.st_mtime_ns))
    film.scene("assert SIZE == 2", top="from helper import SIZE")
    assert film.drawn() == ["one", "two"]


READS: dict[str, tuple[str, str]] = {
    "open": ("open(HERE + '/data/x').read()", "data/x changed"),
    "pathlib": ("import pathlib; pathlib.Path(HERE, 'data', 'x').read_text()", "data/x changed"),
    "numpy": ("np.fromfile(HERE + '/data/x', np.uint8)", "data/x changed"),
    "computed name": ("open(HERE + '/da' + 'ta/' + chr(120)).read()", "data/x changed"),
    "from the working folder": (
        "import os; os.chdir(HERE + '/data'); open('x').read()",
        "data/x changed",
    ),
    "bytes": ("open((HERE + '/data/x').encode()).read()", "data/x changed"),
    "os.open": ("import os; os.read(os.open(HERE + '/data/x', os.O_RDONLY), 9)", "data/x changed"),
    "size": (
        "import os; os.path.getsize(HERE + '/data/x')",
        "size or time of data/x changed",
    ),
    "database": ("import sqlite3; sqlite3.connect(HERE + '/data/x')", "data/x changed"),
    "another thread": (
        "import threading; t = threading.Thread(target=open, args=(HERE + '/data/x',)); "
        "t.start(); t.join()",
        "data/x changed",
    ),
}


@pytest.mark.parametrize("way", READS)
def test_a_file_is_seen_however_it_is_read(film: Film, way: str) -> None:
    data = film.write("data/x", "1")
    code, why = READS[way]
    film.scene(code)
    assert film.drawn() == ["one", "two"]
    assert film.drawn() == []
    data.write_text("22")
    assert film.plan()["one"] == why


def test_names_in_a_folder_and_looks_for_what_is_not_there_count(film: Film) -> None:
    film.write("frames/1", "")
    film.scene(
        "import os; os.listdir(HERE + '/frames')",
        "import os; os.path.exists(HERE + '/data/late')",
    )
    assert film.drawn() == ["one", "two"]
    film.write("data/late", "")
    assert film.plan() == {"one": "", "two": "data/late is new"}
    film.write("frames/2", "")
    assert film.plan()["one"] == "the names in frames changed"


def test_a_file_that_was_tried_in_vain_counts(film: Film) -> None:
    film.scene("import contextlib\n        with contextlib.suppress(OSError): open(HERE + '/late')")
    assert film.drawn() == ["one", "two"]
    assert film.drawn() == []
    film.write("late", "")
    assert film.plan()["one"] == "late is new"


def test_a_module_that_was_sought_in_vain_counts(film: Film) -> None:
    film.scene(top="try:\n    import extras\nexcept ImportError:\n    extras = None")
    assert film.drawn() == ["one", "two"]
    assert film.drawn() == []
    film.write("scenes/extras.py", "")
    assert film.plan()["one"] == "scenes/extras is new; extras is new"


def test_a_file_that_hides_a_package_counts(film: Film) -> None:
    film.scene(top="import colorsys")
    assert film.drawn() == ["one", "two"]
    film.write("scenes/colorsys.py", "")
    assert film.plan()["one"] == "the modules that files beside the scene hide changed"


def test_a_variable_counts_only_if_the_scene_asks_for_it(
    film: Film, monkeypatch: pytest.MonkeyPatch
) -> None:
    film.scene("import os; os.environ.get('SHADE')", "import os; os.getenv('TINT')")
    assert film.drawn() == ["one", "two"]
    monkeypatch.setenv("OTHER", "1")
    assert film.drawn() == []
    monkeypatch.setenv("TINT", "red")
    assert film.plan() == {"one": "", "two": "variable TINT changed"}


NEVER_ALIKE = {
    "it looks at the clock (scenes/reads.py:": "import time; time.time()",
    "it looks at the clock (scenes/reads.py)": "import datetime; datetime.date.today()",
    "it uses the network": "import socket; socket.getaddrinfo('localhost', 1)",
    "it runs another program, ": "import subprocess; subprocess.run(['true'])",
    "it asks for chance that has no seed (": "import secrets; secrets.randbelow(9)",
    "it asks for how much room is on a disk (": "import shutil; shutil.disk_usage('/')",
    "it starts another process (": "import os; os.fork() or os._exit(0)",
}


@pytest.mark.parametrize("why", NEVER_ALIKE)
def test_what_cannot_be_alike_twice_is_drawn_each_time_and_told(film: Film, why: str) -> None:
    film.scene(two=NEVER_ALIKE[why])
    assert film.drawn() == ["one", "two"]
    assert any(said.startswith(f"reads.two: {why}") for said in film.said)
    assert film.plan()["two"].startswith(why)
    assert film.plan()["two"].endswith(", so it is made anew each time")
    assert "two" in film.drawn()
    film.scene()
    assert film.drawn() == ["one", "two"]
    assert film.drawn() == []


def test_the_engine_and_manim_look_at_no_clock(film: Film) -> None:
    film.scene("self.play(FadeIn(Square()), run_time=0.2)", "self.play(Write(Text('a')))")
    film.drawn()
    assert film.drawn() == []
    assert not [said for said in film.said if not said.startswith("drew")]


def test_a_label_counts_only_for_the_lines_that_ask_for_it(film: Film) -> None:
    labelled = SCRIPT.replace("show: A dot.", "show: A dot.\n        labels: {shape: a dot}", 1)
    film.write("script.yaml", labelled)
    film.scene(two="label_texts('shape')", top="from explainer.scene import label_texts")
    assert film.drawn() == ["one", "two"]
    film.write("script.yaml", labelled.replace("shape: a dot", "shape: the dot"))
    assert film.plan() == {"one": "", "two": "label shape changed"}


def test_titles_count_only_for_the_lines_that_ask_for_them(film: Film) -> None:
    film.scene(two="self.add(Dot().shift(len(self.shot.titles[self.shot.index]) * RIGHT / 9))")
    assert film.drawn() == ["one", "two"]
    film.write("script.yaml", SCRIPT.replace("title: Reads", "title: Reads much"))
    assert film.plan() == {"one": "", "two": "the titles of the scenes changed"}
    assert film.drawn() == ["two"]
    another = "\n  - id: more\n    title: More\n    lines: [{id: a, say: A., show: A dot.}]\n"
    film.write(
        "scenes/more.py", f"{HEAD}class More(NarratedScene):\n    def a(self):\n        pass\n"
    )
    film.write("script.yaml", SCRIPT.replace("title: Reads", "title: Reads much") + another)
    assert "the titles of the scenes changed" in film.plan()["two"]
    film.write("script.yaml", SCRIPT.replace("title: What is read", "title: What is seen"))
    assert film.drawn() == []


def test_how_long_an_earlier_line_is_counts_where_its_end_depends_on_it(film: Film) -> None:
    film.scene("pass", "pass")
    film.drawn()
    text = (film.folder / "script.yaml").read_text()
    longer = text.replace('say: "One."', 'say: "One, and this is a longer line."')
    film.write("script.yaml", longer)
    assert film.drawn() == ["one"]
    turns = "self.add(Square().add_updater(lambda m, dt: m.rotate(dt)))"
    film.scene(turns)
    film.drawn()
    film.write("script.yaml", text)
    assert film.plan()["two"].startswith("the timing of line one changed")
    assert film.drawn() == ["one", "two"]


def test_a_line_that_looks_at_the_scene_s_time_is_drawn_again_when_it_begins_later(
    film: Film,
) -> None:
    film.scene("pass", "self.add(Dot().shift(self.time * RIGHT))")
    film.drawn()
    text = (film.folder / "script.yaml").read_text()
    film.write("script.yaml", text.replace('say: "One."', 'say: "One, and this is a longer line."'))
    assert film.drawn() == ["one", "two"]


def test_chance_is_alike_in_every_line_however_it_is_drawn(film: Film) -> None:
    """Whether a line's dots are the same in a film, by itself and in another process."""
    dots = "self.add(*[Dot([random.random(), np.random.rand(), rng.random()]) for _ in range(9)])"
    other = "np.random.RandomState().rand(), np.random.Generator(np.random.PCG64()).random()"
    dots += f"; random.Random(1).seed(); self.add(Dot([{other}, 0]))"
    film.scene(dots, dots, top="import random\nrng = np.random.default_rng()")
    both = [clip.path.read_bytes() for clip in film.clips()]
    for clip in film.clips()[1:]:
        clip.path.unlink()
    assert [clip.path.read_bytes() for clip in film.clips()] == both
    assert both[0] != both[1]


def test_a_seed_that_a_scene_chooses_holds_for_all_its_lines(film: Film) -> None:
    film.scene(
        "self.first = random.random()",
        "assert (self.first, random.random()) == (0.13436424411240122, 0.8474337369372327)",
        top="import random\nrandom.seed(1)",
    )
    assert film.drawn() == ["one", "two"]


def test_what_is_saved_while_it_is_drawn_is_drawn_again_and_not_kept_as_what_it_was(
    film: Film,
) -> None:
    begun, data = film.folder / "begun", film.write("data/x", "1")
    film.scene(
        "text = open(HERE + '/data/x').read()\n"
        "        if text == '1':\n"
        "            open(HERE + '/begun', 'w').close()\n"
        "            import select, os\n"
        "            f = os.open(HERE + '/go', os.O_RDONLY)\n"
        "            os.read(f, 1)\n"
        "        self.add(Text(text))"
    )
    os.mkfifo(film.folder / "go")

    def save() -> None:
        while not begun.exists():
            time.sleep(0.02)
        data.write_text("2")
        (film.folder / "go").write_text("x")

    thread = threading.Thread(target=save)
    thread.start()
    first = film.clips()
    thread.join()
    assert [label.text for label in first[0].labels] == ["2"]
    assert any("data/x changed while it was drawn" in said for said in film.said)
    assert film.drawn() == []


def test_a_scene_that_writes_what_it_reads_is_drawn_alike_and_never_hangs(film: Film) -> None:
    film.scene("open(HERE + '/count', 'a').write('x'); len(open(HERE + '/count').read())")
    assert film.drawn() == ["one", "two"]
    film.scene(
        "import os\n"
        "        n = int(open(HERE + '/n').read()) if os.path.exists(HERE + '/n') else 0\n"
        "        open(HERE + '/n', 'w').write(str(n + 1))"
    )
    assert "one" in film.drawn()
    assert "changed while it was drawn" in film.plan()["one"]


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(film: Film) -> None:
    os.mkfifo(film.folder / "pipe")
    film.scene("import os; os.open(HERE + '/pipe', os.O_RDONLY | os.O_NONBLOCK)")
    assert film.drawn() == ["one", "two"]
    assert "is no plain file" in film.plan()["one"]


def test_a_film_that_is_moved_needs_nothing_drawn(film: Film, tmp_path: Path) -> None:
    film.write("data/x", "1")
    film.scene("open(HERE + '/data/x').read()")
    film.drawn()
    moved = film.folder.rename(tmp_path / "elsewhere")
    film.folder = moved
    assert film.drawn() == []


def test_a_socket_of_this_machine_is_no_network(film: Film, tmp_path: Path) -> None:
    server = socket.socket(socket.AF_UNIX)
    place = str(tmp_path / "s")
    server.bind(place)
    server.listen()
    film.scene(f"import socket; socket.socket(socket.AF_UNIX).connect({place!r})")
    film.drawn()
    server.close()
    assert film.plan()["one"] == ""


EDITED = {
    "scenes/lib/__init__.py": "",
    "scenes/lib/size.py": "SIZE = {}",
    "scenes/lib/size/__init__.py": "SIZE = {} + 1",
    "scenes/lib.py": "",
    "data/a.csv": "{}",
    "data/b.csv": "{}",
    "data/b.csv/c": "{}",
    "frames/1": "",
    "frames/2": "",
    "frames/deep/3": "",
    "late": "{}",
    "assets/other.txt": "{}",
}
"""What may lie in the film's folder, with a number somewhere in it."""


def _edit(film: Film, chance: random.Random) -> str:
    """Write a file, or remove it; what it needs to give way does."""
    name = chance.choice(list(EDITED))
    path = film.folder / name
    if path.is_file() and chance.random() < 0.4:
        path.unlink()
        if chance.random() < 0.5 and not any(path.parent.iterdir()):
            path.parent.rmdir()
        return f"{name} removed"
    if path.is_dir():
        shutil.rmtree(path)
    for above in path.relative_to(film.folder).parents:
        if (film.folder / above).is_file():
            (film.folder / above).unlink()
    film.write(name, EDITED[name].format(chance.randint(1, 3)))
    return f"{name} written"


@pytest.mark.parametrize("count", [20, pytest.param(200, marks=pytest.mark.whole)])
def test_whatever_is_edited_added_or_removed_no_pixels_are_kept_that_would_now_differ(
    film: Film, count: int
) -> None:
    film.scene(
        "n = number('/data/a.csv') + SIZE\n"
        "        self.add(*[Dot(radius=0.5).shift(i * RIGHT) for i in range(n)])",
        "n = number('/data/b.csv') + len(list(Path(HERE, 'frames').rglob('*')))\n"
        "        late = os.path.exists(HERE + '/late')\n"
        "        self.add(*[Square(0.5).shift(i * UP / 2) for i in range(n + 3 * late)])",
        top="import os\nfrom pathlib import Path\n"
        "try: from lib.size import SIZE\n"
        "except ImportError: SIZE = 5\n"
        "def number(name):\n"
        "    try: return int(open(HERE + name).read())\n"
        "    except OSError: return 0",
    )
    chance = random.Random(20261126)
    anew = film.folder.parent / "anew"
    drawn = 0
    for _ in range(count):
        done = _edit(film, chance)
        clips = film.clips()
        drawn += sum(not clip.reused for clip in clips)
        # the same files in a folder without a cache
        shutil.copytree(film.folder, anew, ignore=shutil.ignore_patterns(".explainer-cache"))
        other = Film.of(anew)
        assert [c.path.read_bytes() for c in other.clips()] == [
            c.path.read_bytes() for c in clips
        ], done
        shutil.rmtree(anew)
    assert film.drawn() == []
    # nor is everything drawn each time
    assert drawn < 1.3 * count


def test_the_fonts_of_the_system_count_where_a_text_is_set_in_one(
    film: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In processes of their own, since one looks for fonts once."""
    home = tmp_path / "home"
    own = home / ".local" / "share" / "fonts"
    own.mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / ".local" / "share"))

    def run(*command: str) -> str:
        order = [sys.executable, str(ROOT / "render.py"), *command, "--quality", "64x36@10"]
        done = subprocess.run(order, cwd=film.folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    film.scene("self.add(Text('a', font='Inter'))", "self.add(Text('b', font='DejaVu Sans'))")
    fonts = film.folder / "assets" / "fonts"
    fonts.mkdir(parents=True)
    for file in (ROOT / "assets" / "fonts").glob("*.[ot]tf"):
        shutil.copyfile(file, fonts / file.name)
    run("film")
    assert "draw 0" in run("plan")
    shutil.copyfile(next(fonts.iterdir()), own / "new.ttf")
    said = run("plan")
    assert "draw 1 of 2" in said
    assert "the fonts of the system changed" in said


def test_a_line_begins_in_the_same_state_wherever_its_film_lies(tmp_path: Path) -> None:
    films = [Film(tmp_path / name) for name in ("a", "another folder/b")]
    for film in films:
        film.scene(top="HERE = ''")
    names = [[clip.path.name for clip in film.clips()] for film in films]
    assert names[0] == names[1]


def test_who_asks_for_the_times_of_other_lines_depends_on_them(film: Film) -> None:
    film.scene("self.add(Dot().shift(sum(line.frames for line in self.shot.lines) / 99 * UP))")
    assert film.drawn() == ["one", "two"]
    text = (film.folder / "script.yaml").read_text()
    film.write("script.yaml", text.replace('"Two."', '"Two, and this is a longer line."'))
    assert film.plan()["one"] == "the times of the scene's lines changed"
    assert film.drawn() == ["one", "two"]
    film.scene("self.add(Dot().shift(len(self.shot.titles) * UP))")
    film.drawn()
    film.write("script.yaml", text)
    assert film.drawn() == ["two"]


def test_what_is_saved_and_undone_while_a_line_is_drawn_is_not_kept(film: Film) -> None:
    """The file is the same as it is opened and as the line is kept, and another as it is read."""
    data = film.write("data/x", "1")
    film.scene(
        two="file = open(HERE + '/data/x')\n"
        "        open(HERE + '/saved').read()\n"
        "        self.add(*[Dot()] * int(file.read()))\n"
        "        open(HERE + '/undone').read()"
    )
    for name in ("saved", "undone"):
        os.mkfifo(film.folder / name)

    def save() -> None:
        # each waits until the scene has come to it
        with (film.folder / "saved").open("w"):
            data.write_text("2")
        with (film.folder / "undone").open("w"):
            data.write_text("1")
            # nobody is waited for when it is drawn again
            for name in ("saved", "undone"):
                (film.folder / name).unlink()
                film.write(name, "")

    thread = threading.Thread(target=save)
    thread.start()
    film.drawn()
    thread.join()
    assert any("data/x" in said and "changed while it was drawn" in said for said in film.said)
    assert film.drawn() == []


def test_a_file_that_changes_while_the_lines_before_are_run_is_not_taken_for_what_it_was(
    film: Film,
) -> None:
    """A line that may begin as before is drawn if what it reads is another by then."""
    data = film.write("data/x", "1")
    film.scene("pass", "open(HERE + '/data/x').read()")
    film.drawn()
    text = (film.folder / "script.yaml").read_text()
    film.write("script.yaml", text.replace('say: "One."', 'say: "One, and this is a longer line."'))
    crew = LocalRenderer(Q)
    answers = crew.render

    def late(*given: Any) -> Any:
        data.write_text("2")
        return answers(*given)

    crew.render = late  # type: ignore[method-assign]
    assert [clip.reused for clip in film.clips(crew)] == [False, False]
    assert film.drawn() == []
