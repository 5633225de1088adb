"""The watch that a process keeps on itself while it loads and draws a scene.

Python tells of every file that it opens and every folder that it lists; what it does not tell of
(looks whether a file is there, variables, the clock) is heard of by stand-ins for those functions,
and what C code opens is noted where it is called. What is noted holds for the rest of the process
and for all that are forked from it. `record` gives it as `inputs` names it.
"""

from __future__ import annotations

import importlib
import os
import site
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
)
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

from explainer.cache.inputs import (
    ABSENT,
    PYTHON,
    bytes_state,
    file_state,
    folder_state,
    hidden_state,
    look_state,
    named,
    on_disk,
    stat_state,
    variable_state,
)
from explainer.errors import text_of

ENGINE = str(Path(__file__).parents[1]) + os.sep
_PATHS = sysconfig.get_paths()
_SITES = {_PATHS["purelib"], _PATHS["platlib"], *site.getsitepackages(), site.getusersitepackages()}
SITE = tuple(os.path.join(place, "") for place in sorted(_SITES))
"""Where packages are installed."""
STANDARD = tuple({os.path.join(_PATHS[name], "") for name in ("stdlib", "platstdlib")})
"""Where Python's own modules are; packages may be installed below."""
SEEKING = ("<frozen importlib", *(f"{place}importlib{os.sep}" for place in STANDARD))
"""What looks for modules and packages, which count as what they are and not as files."""
UNREAD = ("/proc/", "/sys/", "/dev/")
"""Where files are that no hash can stand for."""
VARIABLES = ("FONTCONFIG_FILE", "FONTCONFIG_PATH", "FONTCONFIG_SYSROOT", "FREETYPE_PROPERTIES")
"""Variables that libraries of C read."""
CLOCKS = (
    *("time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"),
    *("process_time", "localtime", "gmtime", "ctime", "asctime", "strftime"),
)
MEASURES = ("getsize", "getmtime", "getatime", "getctime", "stat", "lstat")
"""Python's own functions that give a file's size or time."""
TODAY = frozenset({"now", "today", "utcnow"})
"""What the classes of `datetime`, which take no stand-ins, are asked for the time by."""


@dataclass(slots=True)
class Trace:
    """What has been noted: states by kind and absolute path or name, and why to draw anew."""

    folder: str = ""
    own: tuple[str, ...] = ()
    states: dict[tuple[str, str], str] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)
    anew: dict[str, None] = field(default_factory=dict)


_TRACE = Trace()
_AT_WORK: set[int] = set()
"""The threads that are taking a note, whose own reading is not to be noted."""


def begin(folder: str, own: Iterable[str]) -> None:
    """From now on note what the film in `folder` reads, but not what lies in its `own` folders."""
    _TRACE.folder = os.path.join(os.path.abspath(folder), "")
    _TRACE.own = tuple(os.path.join(os.path.abspath(name), "") for name in own if name)


def record() -> tuple[dict[str, str], str]:
    """All that was noted, and if it must be drawn anew each time, why."""
    found: dict[str, str] = {}
    _quietly(lambda: found.update(_recorded()))
    return found, "; ".join(_TRACE.anew)


def _recorded() -> dict[str, str]:
    # the program that was started, which multiprocessing loads again
    started = getattr(sys.modules.get("__mp_main__"), "__file__", None)
    program = os.path.abspath(started) if started else ""
    found: dict[str, str] = {"python": PYTHON, **_modules()}
    for (kind, what), state in _TRACE.states.items():
        if kind == "time":
            continue
        if on_disk(f"{kind}:"):
            if what == program or (what + os.sep).startswith(_TRACE.own):
                continue
            what = _shown(what)
        found[f"{kind}:{what}"] = state
    for name in VARIABLES:
        found[f"variable:{name}"] = variable_state(name)
    return named(found)


def note(kind: str, what: str, state: str) -> None:
    """Note an input that nothing else tells of; the first state that it was seen in counts."""
    _TRACE.states.setdefault((kind, what), state)


@contextmanager
def unnoticed() -> Iterator[None]:
    """What this thread reads in here is not noted."""
    thread = threading.get_ident()
    at_work = thread in _AT_WORK
    _AT_WORK.add(thread)
    try:
        yield
    finally:
        if not at_work:
            _AT_WORK.discard(thread)


def note_file(path: str | os.PathLike[str]) -> None:
    """Note a file that C code opens."""
    _read(os.path.abspath(path))


def noted(kind: str, what: str = "") -> bool:
    """Whether an input has been noted."""
    return (kind, what) in _TRACE.states


def film_modules() -> list[ModuleType]:
    """The modules of the film's own that are loaded, by their names."""
    found = []
    for _, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and _ours(os.path.abspath(file)):
            found.append(module)
    return found


def wrote_there() -> bool:
    """Whether the scene has written files into the film's folder."""
    return any(map(_ours, _TRACE.written))


def note_anew(reason: str) -> None:
    """Note that what is made now cannot be made alike again."""
    _TRACE.anew.setdefault(reason)


def _shown(path: str) -> str:
    return os.path.relpath(path, _TRACE.folder) if path.startswith(_TRACE.folder) else path


def _ours(path: str) -> bool:
    """Whether a path is of the film itself: its code, its data."""
    return (
        bool(_TRACE.folder)
        and path.startswith(_TRACE.folder)
        and not path.startswith((ENGINE, *SITE, *STANDARD, *_TRACE.own))
    )


def _modules() -> dict[str, str]:
    """The packages whose modules are loaded, and what decided where the film's are found."""
    found = {f"imported:{name}": "" for name in _tops(sys.modules.values())}
    if not _TRACE.folder:
        return found
    scenes = os.path.join(_TRACE.folder, "scenes")
    found["hidden:"] = hidden_state(scenes)
    for name in _TRACE.imported - {n.partition(".")[0] for n in sys.modules}:
        found[f"module:{name}"] = ABSENT
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file and _ours(os.path.abspath(file)) and not file.endswith("__init__.py"):
            # a package of this name would be taken instead
            at = os.path.splitext(os.path.abspath(file))[0]
            found[f"look:{_shown(os.path.join(at, '__init__.py'))}"] = ABSENT
        elif not file:
            for place in getattr(module, "__path__", ()):
                if _ours(place):
                    found[f"look:{_shown(os.path.join(place, '__init__.py'))}"] = ABSENT
        if file and "." not in name and _ours(file) and not file.startswith(scenes + os.sep):
            found[f"look:scenes/{name}.py"] = ABSENT
            found[f"look:scenes/{name}/__init__.py"] = ABSENT
    return found


def _tops(modules: Iterable[Any]) -> set[str]:
    found = set()
    for module in list(modules):
        file = getattr(module, "__file__", None) or ""
        for place in SITE:
            if file.startswith(place):
                found.add(file[len(place) :].split(os.sep, 1)[0].split(".", 1)[0])
    return found


# -- what Python tells of ---------------------------------------------------------------------


def _caller() -> FrameType | None:
    """Who called, past Python's own modules; None where a module is being looked for."""
    return _callers()[0]


def _callers() -> tuple[FrameType | None, str]:
    """Who called, and the function of Python's own that they called, if it was one."""
    frame: FrameType | None = sys._getframe(1)
    called = ""
    while frame:
        name = frame.f_code.co_filename
        if name.startswith(SEEKING):
            return None, ""
        if name != __file__:
            standard = name.startswith(STANDARD) and not name.startswith(SITE)
            if not standard and not name.startswith("<"):
                return frame, called
            called = frame.f_code.co_name
        frame = frame.f_back
    return None, called


def _from_film(frame: FrameType | None) -> bool:
    return frame is not None and _ours(os.path.abspath(frame.f_code.co_filename))


def _where(frame: FrameType) -> str:
    return f"{_shown(frame.f_code.co_filename)}:{frame.f_lineno}"


def _path(given: Any) -> str | None:
    """What a function was given as an absolute path; None for the number of an open file."""
    if given is None:
        return os.getcwd()
    if isinstance(given, int):
        return None
    return os.path.abspath(os.fsdecode(given))


def _read(path: str) -> None:
    if path in _TRACE.written or path.startswith(ENGINE) or ("file", path) in _TRACE.states:
        return
    if path.startswith(SITE) or (path.startswith(STANDARD) and not _ours(path)):
        return
    if path.startswith(UNREAD):
        if (frame := _caller()) and _from_film(frame):
            note_anew(f"it reads {path} ({_where(frame)})")
        return
    state = file_state(path)
    if state == "no plain file":
        note_anew(f"it reads {path}, which is no plain file")
    note("file", path, state)


def _opened(path: Any, mode: Any, flags: Any) -> None:
    found = _path(path)
    if found is None:
        return
    if isinstance(mode, str):
        writes, reads = any(c in mode for c in "wxa"), "r" in mode
        writes = writes or "+" in mode
    else:
        way = (flags or 0) & (os.O_RDONLY | os.O_WRONLY | os.O_RDWR)
        writes = way != os.O_RDONLY
        reads = way != os.O_WRONLY and not (flags or 0) & (os.O_TRUNC | os.O_EXCL)
    if reads:
        _read(found)
    if writes:
        _TRACE.written.add(found)


def _listed(path: Any = None, *_: Any) -> None:
    found = _path(path)
    if found is None or found.startswith((ENGINE, *SITE)):
        return
    frame = _caller()
    if frame is None or (found.startswith(STANDARD) and not _ours(found)):
        return
    if found.startswith(UNREAD):
        if _from_film(frame):
            note_anew(f"it reads {found} ({_where(frame)})")
        return
    note("folder", found, folder_state(found))


def _imported(name: str, *_: Any) -> None:
    frame: FrameType | None = sys._getframe(1)
    while frame and (
        frame.f_code.co_filename == __file__
        or frame.f_code.co_filename.startswith("<frozen importlib")
    ):
        frame = frame.f_back
    if _from_film(frame):
        _TRACE.imported.add(name.partition(".")[0])


def _ran(program: Any, *_: Any) -> None:
    frame = _caller()
    if frame is None or frame.f_code.co_filename.startswith(ENGINE):
        return
    manim = frame.f_code.co_filename.startswith(tuple(f"{place}manim{os.sep}" for place in SITE))
    if manim:
        return
    shown = program if isinstance(program, str) else repr(program)
    at = f" ({_where(frame)})" if _from_film(frame) else ""
    note_anew(f"it runs another program, {shown}{at}")


def _forked(*_: Any) -> None:
    frame = _caller()
    if frame and _from_film(frame):
        note_anew(f"it starts another process ({_where(frame)})")


def _connected(_socket: Any, address: Any) -> None:
    if isinstance(address, tuple):
        note_anew("it uses the network")


def _resolved(*_: Any) -> None:
    note_anew("it uses the network")


def _linked(name: Any, *_: Any) -> None:
    if isinstance(name, str | bytes) and os.sep in os.fsdecode(name):
        path = os.path.abspath(os.fsdecode(name))
        if _ours(path):
            _read(path)


def _database(path: Any, *_: Any) -> None:
    found = _path(path)
    if found and os.path.basename(found) != ":memory:":
        _read(found)


_HEEDED: dict[str, Callable[..., None]] = {
    "open": _opened,
    "os.listdir": _listed,
    "os.scandir": _listed,
    "import": _imported,
    "subprocess.Popen": _ran,
    "os.system": _ran,
    "os.exec": _ran,
    "os.posix_spawn": _ran,
    "os.spawn": _ran,
    "pty.spawn": _ran,
    "os.fork": _forked,
    "os.forkpty": _forked,
    "socket.connect": _connected,
    "socket.getaddrinfo": _resolved,
    "socket.gethostbyname": _resolved,
    "ctypes.dlopen": _linked,
    "sqlite3.connect": _database,
}


def _heed(event: str, args: tuple[Any, ...]) -> None:
    """Take note of what Python tells of; it tells of a great many things, so this must be short."""
    if event in _HEEDED:
        _quietly(lambda: _HEEDED[event](*args))


# -- what Python does not tell of -------------------------------------------------------------


def _quietly(take: Callable[[], None]) -> None:
    thread = threading.get_ident()
    if thread in _AT_WORK:
        return
    _AT_WORK.add(thread)
    try:
        take()
    except Exception as error:  # it would be raised where the scene is, which did nothing wrong
        note_anew(f"what it reads could not be noted: {text_of(error)}")
    finally:
        _AT_WORK.discard(thread)


def _look(given: Any) -> None:
    path = _path(given)
    if path is None or not _TRACE.folder or path in _TRACE.written:
        return
    frame, called = _callers()
    film = _from_film(frame)
    if frame is None or not (film or _ours(path)):
        return
    # size and time count for who asks for them; most only ask whether there is something
    if film and called in ("", *MEASURES):
        note("stat", path, stat_state(path))
    else:
        note("look", path, look_state(path))


def _looking(function: Any) -> Any:
    """A stand-in for a function that says what lies at a path."""

    @wraps(function)
    def looks(path: Any, *args: Any, **more: Any) -> Any:
        if not isinstance(path, int):
            _quietly(lambda: _look(path))
        return function(path, *args, **more)

    for known in ("supports_dir_fd", "supports_fd", "supports_follow_symlinks"):
        if function in getattr(os, known):
            getattr(os, known).add(looks)
    return looks


def _telling(function: Any) -> Any:
    """A stand-in for a function that tells the time."""

    @wraps(function)
    def tells(*args: Any, **more: Any) -> Any:
        frame = sys._getframe(1)
        if not args and _ours(os.path.abspath(frame.f_code.co_filename)):
            note_anew(f"it looks at the clock ({_where(frame)})")
        return function(*args, **more)

    return tells


def _remembering(function: Any) -> Any:
    """A stand-in for looking a variable up."""

    @wraps(function)
    def remembers(self: Any, key: Any) -> Any:
        def take() -> None:
            if _from_film(_caller()):
                name = os.fsdecode(key)
                note("variable", name, variable_state(name))

        _quietly(take)
        return function(self, key)

    return remembers


def _opening(function: Any) -> Any:
    """A stand-in for PyAV's way to open a film or a sound, which C code reads."""

    @wraps(function)
    def opens(file: Any, mode: Any = None, *args: Any, **more: Any) -> Any:
        if mode in (None, "r") and isinstance(file, str | os.PathLike):
            _quietly(lambda: _read(os.path.abspath(file)))
        return function(file, mode, *args, **more)

    return opens


class FromSource(SourceFileLoader):
    """Reads a module from its source, and notes just what was read.

    Python's own way trusts what it compiled before if time and size of the source are the same.
    """

    def get_code(self, fullname: str) -> CodeType | None:
        """The code of a module."""
        path = os.path.abspath(self.get_filename(fullname))
        if path.startswith(ENGINE):
            return super().get_code(fullname)
        content = self.get_data(path)
        _TRACE.states[("file", path)] = bytes_state(content)
        code: CodeType = self.source_to_code(content, path)
        if _TRACE.folder and _ours(path):
            _judge(code, path)
        return code


def _judge(code: CodeType, path: str) -> None:
    """Note that a module asks for today's date, as far as its code says so."""
    names: set[str] = set()
    waiting = [code]
    while waiting:
        one = waiting.pop()
        names.update(one.co_names)
        waiting += [c for c in one.co_consts if isinstance(c, CodeType)]
    if names & TODAY and names & {"datetime", "date"}:
        note_anew(f"it looks at the clock ({_shown(path)})")


def _finder(path: str) -> Any:
    """Finds modules in folders that are no package's and not Python's own."""
    there = os.path.join(os.path.abspath(path), "")
    if there.startswith((ENGINE, *SITE, *STANDARD)) or not os.path.isdir(there):
        raise ImportError("another finder looks there")
    return FileFinder(
        path, (ExtensionFileLoader, EXTENSION_SUFFIXES), (FromSource, SOURCE_SUFFIXES)
    )


def read_from_source() -> None:
    """From now on load the film's modules from their sources alone."""
    if _finder not in sys.path_hooks:
        sys.path_hooks.insert(0, _finder)
        sys.path_importer_cache.clear()
    importlib.invalidate_caches()


def install() -> None:
    """Begin to note, in this process and those that are forked from it; it cannot be undone."""
    if _installed:
        return
    _installed.append(True)
    sys.addaudithook(_heed)
    for name in ("stat", "lstat", "access", "readlink"):
        setattr(os, name, _looking(getattr(os, name)))
    for name in CLOCKS:
        setattr(time, name, _telling(getattr(time, name)))
    variables: Any = type(os.environ)
    variables.__getitem__ = _remembering(variables.__getitem__)
    import av

    av.open = _opening(av.open)


_installed: list[bool] = []
