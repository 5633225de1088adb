"""However a scene comes by what it shows, a change of that is seen, and nothing else is redrawn."""

from __future__ import annotations

import os
import shutil
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from explainer import draw
from explainer.cache.store import Cache
from explainer.draw.clip import Clip
from explainer.draw.local import LocalRenderer
from explainer.frame_format import find_format
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings

pytestmark = pytest.mark.render

Q = find_format("64x36@10")
HEAD = """\
import os, sys
from pathlib import Path
from manim import *

from explainer.scene import NarratedScene, label_texts

HERE = __file__.rpartition('/scenes')[0]
AT = os.path.join(HERE, 'data', {name!r})
"""


@dataclass
class Way:
    """One way to read: the scene's statements, what is there before, and a change that it sees.

    Files lie in a folder of the way's own, `AT` in the scene; `files` and `change` are of names in
    there. `top` stands above the class. `anew` is why it is drawn each time, if it is.
    """

    code: str
    files: dict[str, str | bytes] = field(default_factory=dict)
    change: Callable[[Path], object] | None = None
    top: str = ""
    anew: str = ""


def put(name: str, content: str = "2") -> Callable[[Path], object]:
    """A change that writes a file, relative to the way's own folder."""

    def change(at: Path) -> None:
        (at / name).parent.mkdir(parents=True, exist_ok=True)
        (at / name).write_text(content)

    return change


def touch(name: str) -> Callable[[Path], object]:
    return lambda at: os.utime(at / name, (1, 1))


def drop(name: str) -> Callable[[Path], object]:
    return lambda at: (at / name).unlink()


def link(name: str, to: str) -> Callable[[Path], object]:
    def change(at: Path) -> None:
        (at / name).unlink()
        (at / name).symlink_to(to)

    return change


def in_database(name: str, order: str) -> Callable[[Path], object]:
    def change(at: Path) -> None:
        connection = sqlite3.connect(at / name)
        connection.execute(order)
        connection.commit()
        connection.close()

    return change


def in_zip(name: str, member: str, content: str) -> Callable[[Path], object]:
    def change(at: Path) -> None:
        with zipfile.ZipFile(at / name, "w") as archive:
            archive.writestr(member, content)

    return change


X = {"x": "1"}
DB = "import sqlite3; c = sqlite3.connect({}); c.execute('select * from t').fetchall(); c.close()"
DIR = "fd = os.open(AT, os.O_RDONLY); "

WAYS: dict[str, Way] = {
    # folders walked by descriptor
    "os.listdir of a number": Way(f"{DIR}os.listdir(fd)", X, put("y")),
    "os.scandir of a number": Way(f"{DIR}list(os.scandir(fd))", X, put("y")),
    "os.fwalk": Way("list(os.fwalk(AT))", X, put("y")),
    "os.fwalk below": Way("list(os.fwalk(AT))", {"d/x": ""}, put("d/y")),
    "os.open beside a number": Way(f"{DIR}os.open('x', os.O_RDONLY, dir_fd=fd)", X, put("x")),
    "opener": Way(
        f"{DIR}open('x', opener=lambda n, f: os.open(n, f, dir_fd=fd)).read()", X, put("x")
    ),
    "os.stat beside a number": Way(f"{DIR}os.stat('x', dir_fd=fd).st_size", X, put("x", "22")),
    "os.access beside a number": Way(f"{DIR}os.access('y', os.R_OK, dir_fd=fd)", X, put("y")),
    "os.stat of a number": Way("os.stat(os.open(AT + '/x', os.O_RDONLY)).st_mtime", X, touch("x")),
    "os.fstat": Way("f = open(AT + '/x'); os.fstat(f.fileno()).st_mtime", X, touch("x")),
    "os.walk": Way("list(os.walk(AT))", {"d/x": ""}, put("d/y")),
    "a name that becomes a folder": Way(
        "[e.is_dir() for e in os.scandir(AT)]", X, lambda at: [drop("x")(at), (at / "x").mkdir()]
    ),
    "sizes in a folder": Way("[e.stat().st_size for e in os.scandir(AT)]", X, put("x", "22")),
    "Path.rglob": Way("list(Path(AT).rglob('*'))", {"d/x": ""}, put("d/y")),
    "Path.iterdir": Way("list(Path(AT).iterdir())", X, put("y")),
    "Path.glob of a pattern": Way("list(Path(AT).glob('d*/x'))", {"d/x": ""}, put("d2/x")),
    "glob": Way("import glob; glob.glob(AT + '/**', recursive=True)", {"d/x": ""}, put("d/y")),
    "another working folder": Way("os.chdir(AT); os.listdir(); os.chdir(HERE)", X, put("y")),
    "os.fchdir": Way(f"{DIR}os.fchdir(fd); open('x').read(); os.chdir(HERE)", X, put("x")),
    # links
    "os.readlink": Way(
        "os.readlink(AT + '/l')", {"x": "1", "y": "1", "l": ""}, link("l", "y"), anew=""
    ),
    "realpath": Way("os.path.realpath(AT + '/l')", {"x": "1", "y": "1", "l": ""}, link("l", "y")),
    "Path.resolve": Way("Path(AT, 'l').resolve()", {"x": "1", "y": "1", "l": ""}, link("l", "y")),
    "a file by a link": Way("open(AT + '/l').read()", {"x": "1", "l": ""}, put("x")),
    "islink": Way("os.path.islink(AT + '/l')", {"x": "1", "l": ""}, drop("l")),
    # databases
    "a database": Way(
        DB.format("AT + '/x.db'"), {}, in_database("x.db", "insert into t values(2)")
    ),
    "a database by an address": Way(
        "import sqlite3; c = sqlite3.connect(f'file:{AT}/x.db?mode=ro', uri=True); c.close()",
        {},
        in_database("x.db", "insert into t values(2)"),
    ),
    "a database's log": Way(DB.format("AT + '/x.db'"), {}, put("x.db-wal")),
    "a database's journal": Way(DB.format("AT + '/x.db'"), {}, put("x.db-journal")),
    "an attached database": Way(
        "import sqlite3; c = sqlite3.connect(':memory:'); "
        "c.execute(f\"attach database '{AT}/x.db' as x\"); c.close()",
        {},
        in_database("x.db", "insert into t values(2)"),
    ),
    "a database that is attached by a value": Way(
        "import sqlite3; c = sqlite3.connect(':memory:'); "
        "c.execute('attach database ? as x', (AT + '/x.db',)); c.close()",
        anew="it attaches a database",
    ),
    # other code of C
    "a library of C": Way("import ctypes; ctypes.CDLL(None)", anew="it calls a library of C"),
    "mmap": Way(
        "import mmap; f = open(AT + '/x', 'rb'); mmap.mmap(f.fileno(), 0, prot=1)[:]", X, put("x")
    ),
    "numpy.memmap": Way("np.memmap(AT + '/x', np.uint8, 'r').sum()", X, put("x")),
    "a font of Pillow": Way(
        "from PIL import ImageFont\n"
        "        try: ImageFont.truetype(AT + '/x.ttf')\n"
        "        except OSError: pass",
        {"x.ttf": "1"},
        put("x.ttf"),
    ),
    "a picture by Cairo": Way(
        "import cairo\n"
        "        try: cairo.ImageSurface.create_from_png(AT + '/x.png')\n"
        "        except Exception: pass",
        {"x.png": "1"},
        anew="create_from_png",
    ),
    "attributes of a file": Way(
        "try: os.getxattr(AT + '/x', 'user.a')\n        except OSError: pass",
        X,
        anew="it reads attributes",
    ),
    # what comes to hide a module
    "a package beside a module": Way(
        "import aa_parts",
        {"../../scenes/aa_parts.py": ""},
        put("../../scenes/aa_parts/__init__.py"),
    ),
    "a library beside a module": Way(
        "import ab_parts", {"../../scenes/ab_parts.py": ""}, put("../../scenes/ab_parts.abi3.so")
    ),
    "a module beside a folder without a file of its own": Way(
        "import ac_lib.size", {"../../scenes/ac_lib/size.py": ""}, put("../../scenes/ac_lib.py")
    ),
    "a package in place of such a folder": Way(
        "import ad_lib.size",
        {"../../scenes/ad_lib/size.py": ""},
        put("../../scenes/ad_lib/__init__.py", ""),
    ),
    "a module of a package that is not there": Way(
        "try: from ae_lib import extra\n        except ImportError: pass",
        {"../../scenes/ae_lib/__init__.py": ""},
        put("../../scenes/ae_lib/extra.py", ""),
    ),
    "a package in a package": Way(
        "import af_lib.size",
        {"../../scenes/af_lib/__init__.py": "", "../../scenes/af_lib/size.py": ""},
        put("../../scenes/af_lib/size/__init__.py", ""),
    ),
    # modules found otherwise
    "sys.path at its end": Way(
        "sys.path.append(AT + '/lib'); import ba_x", {"lib/ba_x.py": "A = 1"}, put("lib/ba_x.py")
    ),
    "sys.path, hidden by the scenes": Way(
        "sys.path.append(AT + '/lib'); import bb_x",
        {"lib/bb_x.py": ""},
        put("../../scenes/bb_x.py"),
    ),
    "sys.path, below the scenes": Way(
        "sys.path.append(HERE + '/scenes/bc'); import bc_x",
        {"../../scenes/bc/bc_x.py": ""},
        put("../../scenes/bc_x.py"),
    ),
    "a folder of sys.path that is not there": Way(
        "sys.path.insert(1, AT + '/late'); sys.path.append(AT + '/lib'); import bd_x",
        {"lib/bd_x.py": ""},
        put("late/bd_x.py"),
    ),
    "spec_from_file_location": Way(
        "import importlib.util as u; s = u.spec_from_file_location('m', AT + '/m.py'); "
        "s.loader.exec_module(u.module_from_spec(s))",
        {"m.py": "A = 1"},
        put("m.py"),
    ),
    "import_module in vain": Way(
        "import importlib\n"
        "        try: importlib.import_module('be_x')\n"
        "        except ImportError: pass",
        {},
        put("../../scenes/be_x.py"),
    ),
    "find_spec": Way(
        "import importlib.util; importlib.util.find_spec('bf_x')", {}, put("../../scenes/bf_x.py")
    ),
    "a zip of modules": Way(
        "sys.path.append(AT + '/m.zip'); import bg_x", {}, in_zip("m.zip", "bg_x.py", "A = 2")
    ),
    "runpy of a path": Way(
        "import runpy; runpy.run_path(AT + '/m.py')", {"m.py": "A = 1"}, put("m.py")
    ),
    "runpy of a module": Way(
        "import runpy; runpy.run_module('bh_x')",
        {"../../scenes/bh_x.py": "A = 1"},
        put("../../scenes/bh_x.py"),
    ),
    "exec": Way("exec(open(AT + '/m.py').read())", {"m.py": "A = 1"}, put("m.py")),
    "what is executed reads": Way(
        "exec(open(AT + '/m.py').read())",
        {"m.py": "import os\nos.path.exists(AT + '/late')"},
        put("late"),
    ),
    "pkgutil": Way(
        "import pkgutil; list(pkgutil.iter_modules([AT]))", {"m.py": "A = 1"}, put("n.py")
    ),
    "pkgutil.get_data": Way(
        "import pkgutil; pkgutil.get_data('bi_x', 'x')",
        {"../../scenes/bi_x/__init__.py": "", "../../scenes/bi_x/x": "1"},
        put("../../scenes/bi_x/x"),
    ),
    "importlib.resources": Way(
        "from importlib import resources; (resources.files('bj_x') / 'x').read_text()",
        {"../../scenes/bj_x/__init__.py": "", "../../scenes/bj_x/x": "1"},
        put("../../scenes/bj_x/x"),
    ),
    "a module outside of the film": Way(
        "sys.path.append(HERE + '/../shared'); import bk_x",
        {"../../../shared/bk_x.py": "A = 1"},
        put("../../../shared/bk_x.py"),
    ),
    "what a module outside of the film looks for": Way(
        "sys.path.append(HERE + '/../shared'); import bl_x",
        {
            "../../../shared/bl_x.py": "import os\nos.path.exists('/tmp'); os.environ.get('BL')\n"
            "os.path.exists(__file__ + '.late')"
        },
        put("../../../shared/bl_x.py.late"),
    ),
    "a clock in a module outside of the film": Way(
        "sys.path.append(HERE + '/../shared'); import bm_x",
        {"../../../shared/bm_x.py": "import time\ntime.time()"},
        anew="it looks at the clock",
    ),
    "a clock in what is executed": Way(
        "exec('import datetime; datetime.date.today()', {})", anew="it looks at the clock"
    ),
    "a clock by its number": Way(
        "import time; time.clock_gettime(0)", anew="it looks at the clock"
    ),
    # libraries of Python's
    "csv": Way("import csv; list(csv.reader(open(AT + '/x')))", X, put("x")),
    "json": Way("import json; json.load(open(AT + '/x'))", X, put("x")),
    "yaml": Way("import yaml; yaml.safe_load(Path(AT, 'x').open())", X, put("x")),
    "configparser": Way(
        "import configparser; configparser.ConfigParser().read(AT + '/x')",
        {"x": "[a]"},
        put("x", "[b]"),
    ),
    "configparser of what is not there": Way(
        "import configparser; configparser.ConfigParser().read([AT + '/x', AT + '/y'])",
        {"x": "[a]"},
        put("y", "[b]"),
    ),
    "gzip": Way("import gzip; gzip.open(AT + '/x')", X, put("x")),
    "zipfile": Way(
        "import zipfile; zipfile.ZipFile(AT + '/x.zip').namelist()", {}, in_zip("x.zip", "m", "2")
    ),
    "a file in a zip": Way(
        "import zipfile; (zipfile.Path(AT + '/x.zip') / 'm').read_text()",
        {},
        in_zip("x.zip", "m", "2"),
    ),
    "shelve": Way("import shelve; dict(shelve.open(AT + '/s', 'r'))", {}, put("s.dat", "2")),
    "pickle": Way(
        "import pickle; pickle.load(open(AT + '/x', 'rb'))", {"x": b"K\x01."}, put("x", "K\x02.")
    ),
    "an address of a file": Way(
        "import urllib.request; urllib.request.urlopen('file://' + AT + '/x').read()", X, put("x")
    ),
    "linecache": Way("import linecache; linecache.getline(AT + '/x', 1)", X, put("x")),
    "inspect.getsource": Way(
        "import inspect, ca_x; inspect.getsource(ca_x)",
        {"../../scenes/ca_x.py": "# 1"},
        put("../../scenes/ca_x.py", "# 2"),
    ),
    "shutil.which": Way(
        "import shutil; shutil.which('tool', path=AT)",
        {"tool": "1"},
        lambda at: (at / "tool").chmod(0o755),
    ),
    "getmtime": Way("os.path.getmtime(AT + '/x')", X, touch("x")),
    "Path.stat": Way("Path(AT, 'x').stat().st_mtime", X, touch("x")),
    "a file in the folder above": Way(
        "open(HERE + '/../above').read()", {"../../../above": "1"}, put("../../../above")
    ),
    "shutil.copy": Way(
        "import shutil, tempfile; d = tempfile.mkdtemp(); shutil.copy(AT + '/x', d); "
        "open(d + '/x').read(); os.listdir(d); shutil.rmtree(d)",
        X,
        put("x"),
    ),
    "tempfile": Way(
        "import tempfile\n"
        "        with tempfile.TemporaryDirectory() as d:\n"
        "            Path(d, 'a').write_text('1'); os.listdir(d); os.path.getsize(d + '/a')\n"
        "            list(Path(d).rglob('*'))"
    ),
    "a picture of Pillow": Way(
        "from PIL import Image\n"
        "        try: Image.open(AT + '/x.png')\n"
        "        except Exception: pass",
        {"x.png": "1"},
        put("x.png"),
    ),
    "wave": Way(
        "import wave\n        try: wave.open(AT + '/x.wav')\n        except Exception: pass",
        {"x.wav": "1"},
        put("x.wav"),
    ),
    "svg": Way(
        "self.add(SVGMobject(AT + '/x.svg'))",
        {"x.svg": "<svg xmlns='http://www.w3.org/2000/svg'><circle r='1'/></svg>"},
        put("x.svg", "<svg xmlns='http://www.w3.org/2000/svg'><circle r='2'/></svg>"),
    ),
    "a variable that the scene sets": Way("os.environ['CB_X'] = '1'; os.environ['CB_X']"),
}
"""Ways to read, each drawn by a scene of its own."""


def class_of(index: int) -> str:
    return f"Way{index}"


class Film:
    """A film with a scene for each way."""

    def __init__(self, folder: Path, ways: dict[str, Way]) -> None:
        self.folder, self.ways = folder, ways
        self.said: list[str] = []
        lines = ["name: ways", "title: Ways", "language: en", "limit: 600", "voice: [flite]"]
        lines.append("scenes:")
        for index, (name, way) in enumerate(ways.items()):
            scene = f"way{index}"
            lines += [f"  - id: {scene}", f"    title: {scene}", "    lines:"]
            lines += ["      - id: one", '        say: "One."', "        show: A dot."]
            text = HEAD.format(name=scene) + f"{way.top}\n\n"
            text += f"class {class_of(index)}(NarratedScene):\n    def one(self):\n"
            text += f"        {way.code}\n        self.add(Dot())\n"
            self.write(f"scenes/{scene}.py", text)
            at = self.at(name)
            at.mkdir(parents=True)
            for file, content in way.files.items():
                path = at / file
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.encode() if isinstance(content, str) else content)
        self.write("script.yaml", "\n".join(lines) + "\n")

    def write(self, name: str, content: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    def at(self, way: str) -> Path:
        """The folder of a way's own files."""
        return self.folder / "data" / f"way{list(self.ways).index(way)}"

    def clips(self) -> list[Clip]:
        script = load(self.folder / "script.yaml")
        shots = scene_timings(estimate_timeline(script, Q.fps))
        keys = [f"way{index}.one" for index in range(len(self.ways))]
        with Progress(quiet=True) as progress:
            progress.log = self.said.append  # type: ignore[method-assign]
            cache = Cache(self.folder / ".explainer-cache")
            return draw.clips(script, shots, keys, Q, cache, progress, {}, LocalRenderer(Q))

    def named(self, key: str) -> str:
        return list(self.ways)[int(key.partition(".")[0][3:])]

    def drawn(self) -> list[str]:
        """Render, and say which ways were drawn for it."""
        return [self.named(clip.key) for clip in self.clips() if not clip.reused]

    def plan(self) -> dict[str, str]:
        """Which ways would be drawn, and why."""
        script = load(self.folder / "script.yaml")
        shots = scene_timings(estimate_timeline(script, Q.fps))
        cache = Cache(self.folder / ".explainer-cache")
        found = {}
        for index, name in enumerate(self.ways):
            if why := draw.stale_reason(script, shots, f"way{index}.one", Q, cache):
                found[name] = why
        return found


def _prepared(film: Film) -> None:
    """What is no text: databases, links, archives, a shelf."""
    for name in film.ways:
        at = film.at(name)
        if name.startswith(("a database", "an attached")):
            in_database("x.db", "create table t(a)")(at)
        if "l" in film.ways[name].files:
            link("l", "x")(at)
    in_zip("m.zip", "bg_x.py", "A = 1")(film.at("a zip of modules"))
    in_zip("x.zip", "m", "1")(film.at("zipfile"))
    in_zip("x.zip", "m", "1")(film.at("a file in a zip"))
    import dbm.dumb

    with dbm.dumb.open(str(film.at("shelve") / "s"), "c") as shelf:
        shelf[b"a"] = b"K\x01."


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Film:
    made = Film(tmp_path_factory.mktemp("ways") / "film", WAYS)
    _prepared(made)
    for file in made.folder.parent.rglob("*"):
        # as if written long ago
        if not file.is_symlink():
            os.utime(file, (1e9, 1e9))
    made.clips()
    return made


def test_what_nobody_changed_is_kept_however_it_was_read(film: Film) -> None:
    told = {name for name, way in WAYS.items() if way.anew}
    assert film.plan().keys() == told


@pytest.mark.parametrize("name", [name for name, way in WAYS.items() if way.anew])
def test_what_cannot_be_seen_is_drawn_each_time_and_told(film: Film, name: str) -> None:
    key = f"way{list(WAYS).index(name)}.one: "
    assert [said for said in film.said if said.startswith(key) and WAYS[name].anew in said]


@pytest.mark.parametrize("part", range(3))
def test_a_change_is_seen_by_who_reads_it_and_nobody_else(film: Film, part: int) -> None:
    """A third of the changes at once, since to look at all lines takes as long for one."""
    told = {name for name, way in WAYS.items() if way.anew}
    changed = [name for name, way in WAYS.items() if way.change][part::3]
    with put_back(film.folder.parent):
        for name in changed:
            change = WAYS[name].change
            assert change
            change(film.at(name))
        seen = film.plan().keys() - told
    assert seen == set(changed)


@pytest.mark.parametrize("name", ["this", "networkx"])
def test_what_comes_to_hide_a_module_from_all_scenes_is_seen(film: Film, name: str) -> None:
    with put_back(film.folder.parent):
        film.write(f"scenes/{name}.py", "")
        assert film.plan().keys() == WAYS.keys()


@contextmanager
def put_back(folder: Path) -> Iterator[None]:
    """All files but the cache's are afterwards as they were, to the time."""
    cache, saved = folder / "film" / ".explainer-cache", folder.with_name(f"{folder.name}-saved")
    shutil.copytree(folder, saved, symlinks=True, ignore=lambda _, names: {cache.name} & {*names})
    try:
        yield
    finally:
        cache.rename(saved / "film" / cache.name)
        shutil.rmtree(folder)
        saved.rename(folder)
