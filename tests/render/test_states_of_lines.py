"""Whatever an earlier line leaves in a scene, later lines are drawn again when it is another."""

from __future__ import annotations

import sys
from pathlib import Path
from textwrap import indent
from types import ModuleType

import pytest
from manim import Code

from explainer import draw
from explainer.cache.store import Cache
from explainer.draw.local import LocalRenderer
from explainer.frame_format import find_format
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.stage import fingerprint, state_pickler
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
    "how often chance was asked for": (
        "import random\nmade = random.Random",
        "import random; random.seed({}); [made() for _ in range({})]",
    ),
    "one of Manim's constants, changed in place": ("", "p = UP; p += RIGHT * {}"),
    "a name of a module of Manim's": (
        "import manim.mobject.geometry.arc as arc",
        "arc.DEFAULT_DOT_RADIUS = {} / 100",
    ),
    "the folders of modules": ("import sys", "sys.path.append(HERE + '/' + str({}))"),
    "what is drawn by a camera of an author's": (
        "camera = Camera()",
        "camera.capture_mobject(Square({} / 10))",
    ),
    "a scene's own queue": ("", "self.queue = [{}]"),
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
    "the last of its plays": ("", "self.play(Create(Dot()), run_time={} / 10)"),
    "chance without a seed": ("", "[np.random.default_rng() for _ in range({})]"),
    "a path and a template": ("from pathlib import Path\nplace = Path('a')", "{}"),
}
"""What leaves the same, however long the line is."""


SPOKEN: dict[str, tuple[str, str]] = {
    "where a function is running": (
        "",
        "with self.voiceover('One.') as t: pass\nif t.duration > 1:\n del t\n"
        " self.add_voiceover_text('Two.')\nelse:\n del t\n self.add_voiceover_text('Two.')",
    ),
    "a variable of a function in a package": (
        "from lib.talk import talk",
        "talk(self)",
    ),
    "a generator that waits": (
        "from contextlib import contextmanager\n@contextmanager\ndef held():\n"
        "    n = []\n    yield n.append\n    n.pop()",
        "with held() as put:\n with self.voiceover('One.') as t: put(t.duration)\n"
        " del t, put\n self.add_voiceover_text('Two.')",
    ),
}
"""The same of scenes whose `construct` speaks, in which it is running as a line begins."""

TALK = """\
def talk(scene):
    with scene.voiceover("One.") as tracker:
        n = tracker.duration
    del tracker
    scene.add_voiceover_text("Two.")
"""

HIDDEN: dict[str, tuple[str, str]] = {
    "a member of an enumeration": (
        "from enum import Enum\nclass Held(Enum): A = 1",
        "Held.A.n = 1",
    ),
    "an heir of chance": (
        "import random\nclass Held(random.Random): pass\nheld = Held(1)",
        "held.n = 1",
    ),
    "an heir of an array": (
        "import numpy as np\nclass Held(np.ndarray): pass\nheld = np.zeros(1).view(Held)",
        "held.n = 1",
    ),
    "an heir of a counter": (
        "import collections\nclass Held(collections.Counter): pass\nheld = Held()",
        "held.n = 1",
    ),
    "an heir of a fraction": (
        "import fractions\nclass Held(fractions.Fraction): pass\nheld = Held(1)",
        "held.n = 1",
    ),
    "an heir of a path": (
        "import pathlib\nclass Held(pathlib.PosixPath): pass\nheld = Held('a')",
        "held.n = 1",
    ),
    "an heir of a property": (
        "class Held(property): pass\nclass Thing: a = Held()",
        "vars(Thing)['a'].n = 1",
    ),
    "an heir of a mobject with slots": (
        "import manim\nclass Held(manim.VGroup): __slots__ = ('n',)\nheld = Held()",
        "held.n = 1",
    ),
    "a list that shows nothing": (
        "class Held(list):\n    def __iter__(self): return iter(())\nheld = Held()",
        "held.append(1)",
    ),
    "a structure with attributes": (
        "import msgspec\nclass Held(msgspec.Struct, dict=True): pass\nheld = Held()",
        "held.n = 1",
    ),
    "a method bound by hand": (
        "import types\ndef make(n):\n    def f(self): return n\n    return f\n"
        "class Held:\n    def f(self): pass\nheld = Held()\n"
        "held.g = types.MethodType(make(1), held)",
        "held.g = types.MethodType(make(2), held)",
    ),
    "a name with two underscores": ("__n = 0", "__n = 1"),
    "a function in a function": (
        "f, g = (lambda: lambda: 1), (lambda: lambda: 2)",
        "f, g = g, f",
    ),
    "names of arguments": (
        "f, g = (lambda m, dt: m), (lambda m, x: m)",
        "f, g = g, f",
    ),
    "a variable that two functions share": (
        "def make():\n    n = 0\n    return lambda: n, lambda: n\nf, g = make()",
        "g = make()[1]",
    ),
    "a class that was executed": (
        "space = {}\nexec('class Held: n = 0', space)\nHeld = space.pop('Held')",
        "Held.n = 1",
    ),
    "a class that was made": (
        "import dataclasses\nHeld = dataclasses.make_dataclass('Held', ['a'])",
        "Held.n = 1",
    ),
    "a class's class": (
        "def make():\n    class Kind(type): n = 0\n    return Kind('Held', (), {})\nHeld = make()",
        "type(Held).n = 1",
    ),
    "a class's text": ("class Held: 'a'", "Held.__doc__ = 'b'"),
    "a function's annotations": ("def f(a: int): pass", "f.__annotations__['b'] = 1"),
    "an attribute of kept results": (
        "import functools\n@functools.cache\ndef f(): pass",
        "f.n = 1",
    ),
    "what results are kept by": (
        "import functools\n@functools.cache\ndef f(a): pass\nf(1)",
        "f.cache_clear(); f('1')",
    ),
    "which results are the oldest": (
        "import functools\n@functools.lru_cache(2)\ndef f(a): return a\nf(1), f(2)",
        "f(1)",
    ),
    "a view of an array": (
        "import numpy as np\na = np.zeros(3)\nb = a[1:]",
        "b = a[1:].copy()",
    ),
    "an array of bytes that are held": (
        "import numpy as np\na = bytearray(8)\nb = np.frombuffer(a)",
        "b = np.frombuffer(bytearray(8))",
    ),
    "the cause of an error": ("held = ValueError()", "held.__cause__ = ValueError(1)"),
}
"""What pickle by itself does not show: statements of a module, and what changes it."""

READ = {
    "a named tuple": (
        "from typing import NamedTuple\nclass Held(NamedTuple): n: int\nheld = Held(1)"
    ),
    "a named tuple whose types are texts": (
        "from __future__ import annotations\nfrom typing import NamedTuple\n"
        "class Held(NamedTuple): n: int\nheld = Held(1)"
    ),
    "a generic record": (
        "from dataclasses import dataclass\nfrom typing import Generic, TypeVar\nT = TypeVar('T')\n"
        "@dataclass(frozen=True, slots=True)\nclass Held(Generic[T]): n: T\nheld = Held(1)"
    ),
    "an abstract record": (
        "from abc import ABC\nfrom dataclasses import dataclass\nclass Base(ABC): pass\n"
        "@dataclass(frozen=True, slots=True)\nclass Held(Base): n: int\nheld = Held(1)"
    ),
    "a class with methods of pickle's": (
        "class Held:\n    def __getstate__(self): return 1\nheld = Held()"
    ),
    "a few kept results": (
        "from functools import lru_cache\n@lru_cache\ndef f(a): return a\nf(1), f(2)"
    ),
    "chance of NumPy's": "import numpy as np\nheld = np.random.default_rng(3)",
    "a function that calls itself": (
        "def make():\n    def f(): return f\n    return f\nheld = make()"
    ),
    "a queue": "import queue\nheld = queue.Queue()",
}
"""What can be read, and is the same each time."""


class Film:
    """A film of scenes with two lines; the first leaves something that depends on its length."""

    def __init__(self, folder: Path, every: int) -> None:
        self.folder = folder
        self.ways = dict([*{**HELD, **SPOKEN, **NOTHING}.items()][::every])
        (folder / "scenes/lib").mkdir(parents=True)
        (folder / "scenes/lib/talk.py").write_text(TALK)
        for index, (way, (top, code)) in enumerate(self.ways.items()):
            file = folder / f"scenes/way{index}.py"
            if way in SPOKEN:
                text = f"from explainer.voiceover import VoiceoverScene\n{top}\n\n"
                text += f"class Way{index}(VoiceoverScene):\n    def construct(self):\n"
                file.write_text(text + indent(code, " " * 8) + "\n")
                continue
            text = f"{HEAD}{top}\n\nclass Way{index}(NarratedScene):\n    def one(self):\n"
            text += f"        {code.replace('{}', 'round(self.time_until() * 10)')}\n"
            text += "    def two(self):\n        self.add(Dot())\n"
            file.write_text(text)
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


@pytest.mark.parametrize("every", [3, pytest.param(1, marks=pytest.mark.whole)])
def test_whatever_an_earlier_line_leaves_counts_for_those_after_it(
    tmp_path: Path, every: int
) -> None:
    film = Film(tmp_path / "film", every)
    assert film.drawn() == film.ways.keys()
    assert film.drawn() == set()
    film.say("One, and this is a longer line.")
    assert film.drawn() == film.ways.keys() - NOTHING.keys()


def state_of(held: object) -> str:
    hasher = state_pickler.HashingFile("")
    state_pickler.StatePickler(hasher).dump(held)
    return hasher.digest.hexdigest()


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module of an author's."""
    made = ModuleType("way")
    monkeypatch.setitem(sys.modules, "way", made)
    return made


@pytest.mark.parametrize("way", HIDDEN)
def test_what_pickle_does_not_show_counts(module: ModuleType, way: str) -> None:
    before, change = HIDDEN[way]
    exec(before, vars(module))
    state = state_of(state_pickler.own_names(vars(module)))
    exec(change, vars(module))
    assert state_of(state_pickler.own_names(vars(module))) != state


@pytest.mark.parametrize("way", READ)
def test_what_can_be_read_is_the_same_each_time(module: ModuleType, way: str) -> None:
    states = set()
    for _ in range(2):
        exec(READ[way], vars(module))
        states.add(state_of(state_pickler.own_names(vars(module))))
    assert len(states) == 1


def test_what_no_picture_depends_on_and_differs_from_run_to_run_does_not_count() -> None:
    program = Code(code_string="a", language="python")
    before = state_of(program)
    # a parsed page, with sets in the order of addresses in memory
    program._code_html = None
    assert state_of(program) == before
    # where Python notes that it has pickled or copied an object of a class
    assert fingerprint._changed({}, {"__slotnames__": []}) == {}
