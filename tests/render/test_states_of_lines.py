"""Whatever an earlier line leaves in a scene, later lines are drawn again when it is another."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from manim import Code

from explainer import draw
from explainer.cache.store import Cache
from explainer.draw.local import LocalRenderer
from explainer.frame_format import find_format
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.stage import fingerprint
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings

pytestmark = pytest.mark.render

Q = find_format("64x36@10")
HEAD = """\
from manim import *

from explainer.scene import NarratedScene

HERE = __file__.rpartition('/scenes')[0]
"""

HELD: dict[str, tuple[str, str]] = {
    "a module made by hand": ("import types\nheld = types.ModuleType('held')", "held.n = {}"),
    "a module made by hand that can be imported": (
        "import sys, types\nsys.modules['held'] = types.ModuleType('held')",
        "import held; held.n = {}",
    ),
    "what was executed": (
        "space = {'n': 0}\nexec('def put(x):\\n global n\\n n = x', space)\nput = space.pop('put')",
        "put({})",
    ),
    "a closure": (
        "def kept():\n    n = 0\n    return lambda: n\nget = kept()",
        "get.__closure__[0].cell_contents = {}",
    ),
    "a function that is made anew": ("paint = None", "global paint; n = {}; paint = lambda: n"),
    "a function's attribute": ("def paint(): pass", "paint.n = {}"),
    "a function's default": ("def paint(n=[0]): pass", "paint.__defaults__[0].append({})"),
    "a class's attribute": ("class Held: n = 0", "Held.n = {}"),
    "the attribute of a class made in a function": (
        "def make():\n    class Held: n = 0\n    return Held\nHeld = make()",
        "Held.n = {}",
    ),
    "the scene's class": ("", "type(self).n = {}"),
    "Manim's class": ("", "Dot.set_default(radius={} / 100)"),
    "digits that Manim keeps": ("", "Integer({}, mob_class=Text)"),
    "a name of Python's": ("", "import builtins; builtins.n_of_lines = {}"),
    "a variable": ("import os", "os.environ['N_OF_LINES'] = str({})"),
    "what hides in pickle": (
        "class Held:\n    n = 0\n    def __getstate__(self): return {}\nheld = Held()",
        "held.n = {}",
    ),
    "what a method of pickle's hides": (
        "class Held:\n    n = 0\n    def __reduce__(self): return Held, ()\nheld = Held()",
        "held.n = {}",
    ),
    "a slot": ("class Held:\n    __slots__ = ('n',)\nheld = Held()", "held.n = {}"),
    "a generator": (
        "held = iter(range(9)); more = (n for n in held)",
        "[next(more) for _ in range({} % 9)]",
    ),
    "an iterator": ("held = iter(list(range(99)))", "[next(held) for _ in range({})]"),
    "a list that is a scene's own": ("class Held(list): pass\nheld = Held()", "held.append({})"),
    "chance of Python's": (
        "import random\nheld = random.Random(1)",
        "[held.random() for _ in range({})]",
    ),
    "chance of NumPy's": ("held = np.random.default_rng(1)", "held.random({})"),
    "a file's position": ("held = open(HERE + '/script.yaml')", "held.read({})"),
    "a number's position": (
        "import os\nheld = os.open(HERE + '/script.yaml', os.O_RDONLY)",
        "os.read(held, {})",
    ),
    "kept results": (
        "from functools import cache\nn = [0]\n@cache\ndef held(): return n[0]",
        "n[0] = {}; held(); n[0] = 0",
    ),
    "few kept results": (
        "from functools import lru_cache\nn = [0]\n@lru_cache(2)\ndef held(): return n[0]",
        "n[0] = {}; held(); n[0] = 0",
    ),
    "what a record holds": (
        "from dataclasses import dataclass\n@dataclass(frozen=True, slots=True)\n"
        "class Held: n: int\nheld = None",
        "global held; held = Held({})",
    ),
    "what a record's heir holds": (
        "from dataclasses import dataclass\n@dataclass(frozen=True, slots=True)\n"
        "class Record: n: int\nclass Held(Record): pass\nheld = Held(1)",
        "held.__dict__['more'] = {}",
    ),
    "what a mapping that cannot be changed shows": (
        "from types import MappingProxyType\nn = dict()\nheld = MappingProxyType(n)",
        "n['n'] = {}",
    ),
    "digits of decimal numbers": ("import decimal", "decimal.getcontext().prec = {}"),
    "a property": ("class Held: pass", "n = {}; Held.n = property(lambda self: n)"),
}
"""What an earlier line may leave for a later one: statements above the class, and in the line."""


NOTHING = {
    "nothing": ("", "n = {}"),
    "what is Manim's": ("", "self.add(Square({} / {}), Text('a'))"),
    "the same results": (
        "from functools import cache\n@cache\ndef held(n): return n",
        "held({} * 0)",
    ),
    "a class of its own": (
        "class Held:\n    @property\n    def n(self): return 1\nheld = Held()",
        "held.n",
    ),
    "a record": (
        "from dataclasses import dataclass\n@dataclass\nclass Held: n: int\nheld = Held(1)",
        "held.n",
    ),
    "a record that is frozen, with slots": (
        "from dataclasses import dataclass\n@dataclass(frozen=True, slots=True)\n"
        "class Held: n: int\nheld = Held(1)",
        "held.n",
    ),
    "a path and a template": ("from pathlib import Path\nplace = Path('a')", "{}"),
}
"""What leaves the same, however long the line is."""


class Film:
    """A film of scenes with two lines; the first leaves something that depends on its length."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ways = {**HELD, **NOTHING}
        (folder / "scenes").mkdir(parents=True)
        for index, (top, code) in enumerate(self.ways.values()):
            text = f"{HEAD}{top}\n\nclass Way{index}(NarratedScene):\n    def one(self):\n"
            text += f"        {code.replace('{}', 'round(self.time_until() * 10)')}\n"
            text += "    def two(self):\n        self.add(Dot())\n"
            (folder / f"scenes/way{index}.py").write_text(text)
        self.say("One.")

    def say(self, first: str) -> None:
        """Write the script, in which the first line of each scene says this."""
        lines = ["name: ways", "title: Ways", "language: en", "limit: 600", "voice: [flite]"]
        lines.append("scenes:")
        for index in range(len(self.ways)):
            lines += [f"  - id: way{index}", f"    title: Way {index}", "    lines:"]
            lines += ["      - id: one", f'        say: "{first}"', "        show: A dot."]
            lines += ["      - id: two", '        say: "Two."', "        show: A dot."]
        (self.folder / "script.yaml").write_text("\n".join(lines) + "\n")

    def drawn(self) -> set[str]:
        """Render, and say for which ways the second line was drawn."""
        script = load(self.folder / "script.yaml")
        shots = scene_timings(estimate_timeline(script, Q.fps))
        keys = [f"way{index}.{line}" for index in range(len(self.ways)) for line in ("one", "two")]
        with Progress(quiet=True) as progress:
            cache = Cache(self.folder / ".explainer-cache")
            clips = draw.clips(script, shots, keys, Q, cache, progress, {}, LocalRenderer(Q))
        names = list(self.ways)
        second = [clip for clip in clips if clip.key.endswith(".two") and not clip.reused]
        return {names[int(clip.key[3:].partition(".")[0])] for clip in second}


def test_whatever_an_earlier_line_leaves_counts_for_those_after_it(tmp_path: Path) -> None:
    film = Film(tmp_path / "film")
    assert film.drawn() == film.ways.keys()
    assert film.drawn() == set()
    film.say("One, and this is a longer line.")
    assert film.drawn() == HELD.keys()


def state_of(held: object) -> str:
    hasher = fingerprint._HashingFile("")
    fingerprint._StatePickler(hasher, pickle.HIGHEST_PROTOCOL).dump(held)
    return hasher.digest.hexdigest()


def test_what_no_picture_depends_on_and_differs_from_run_to_run_does_not_count() -> None:
    program = Code(code_string="a", language="python")
    before = state_of(program)
    # a parsed page, with sets in the order of addresses in memory
    program._code_html = None
    assert state_of(program) == before
    # where Python notes that it has pickled or copied an object of a class
    assert fingerprint._changed({}, {"__slotnames__": []}) == {}
