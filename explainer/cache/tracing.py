"""The watch that a process keeps on itself while it loads and draws a scene.

What Python tells of is noted, what it does not tell of is heard of by stand-ins, and what cannot be
known at all is drawn anew each time. It holds for the rest of the process and all that are forked
from it; `record` gives it as `inputs` names it.
"""

from __future__ import annotations

import importlib
import os
import random
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
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
)
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any
from urllib.parse import unquote

from explainer.cache import lock_files
from explainer.cache.inputs import (
    ABSENT,
    PYTHON,
    access_state,
    bytes_state,
    entries_state,
    file_state,
    folder_state,
    found_state,
    hidden_state,
    link_state,
    look_state,
    mark_of,
    module_state,
    named,
    on_disk,
    stat_state,
    variable_state,
)
from explainer.errors import error_text

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
    *("process_time", "process_time_ns", "thread_time", "thread_time_ns", "localtime", "gmtime"),
    *("ctime", "asctime", "strftime", "clock_gettime", "clock_gettime_ns"),
)
UNLIKE = {
    "urandom": "chance that has no seed",
    "getpid": "the number of its process",
    "getloadavg": "how busy the machine is",
    "statvfs": "how much room is on a disk",
}
"""Functions of `os` that give something else each time, and what."""
MEASURES = ("getsize", "getmtime", "getatime", "getctime", "stat", "lstat")
"""Python's own functions that give a file's size or time."""
TODAY = frozenset({"now", "today", "utcnow"})
"""What the classes of `datetime`, which take no stand-ins, are asked for the time by."""
UNSEEN = frozenset({"create_from_png", "getOpenProfile", "mmread", "typst"})
"""What opens files unseen in the packages that come with Manim, and takes no stand-ins."""
SHARED_WITH_FORKS = frozenset(
    {
        *("dbm", "fcntl", "memfd_create", "memmap", "mmap", "multiprocessing", "open_memmap"),
        *("openpty", "eventfd", "pipe", "pipe2", "shelve", "socket", "sqlite3"),
    }
)
"""What gives, by its name in code, things that a process and its forks change for each other."""
PLACE_OF_CLOCK = frozenset({"fromtimestamp", "localtime", "mktime", "astimezone"})
"""What turns moments into times of a place, which a variable and a file of the system say."""
LOCALES = ("LC_ALL", "LC_COLLATE", "LC_CTYPE", "LC_NUMERIC", "LC_TIME", "LANG")
"""Variables that C reads where a locale is set."""
BY_PYTHON = frozenset(
    {
        *("contourpy", "kiwisolver", "llvmlite", "markupsafe", "matplotlib", "msgspec", "numba"),
        *("numpy", "orjson", "pandas", "PIL", "regex", "scipy", "shapely", "sklearn", "yaml"),
    }
)
"""Packages with parts in C that open files as Python does, or none."""
PROXIES = "getproxies_environment"
"""What of Python's own goes through all variables for who opens an address, be it of a file."""
CHANGED = "changed while it was drawn"
"""The state of an input that was seen in several, which it is never in again."""


@dataclass(slots=True)
class Trace:
    """What has been noted: states by kind and absolute path or name, and why to draw anew.

    `marks` tell files from what may be written over them, `changed` are inputs that were seen in
    two states. What the scene itself has `written`, the folders that it `made` and the `variables`
    that it set are no inputs. `loaded` are modules, and `usual` packages, that were there before
    the scene was; `sought` are modules that were looked for since. `by_number` is whether the scene
    opens files by numbers, `acts` whether it may change what other processes see beside what it has
    written.
    """

    folder: str = ""
    own: tuple[str, ...] = ()
    states: dict[tuple[str, str], str] = field(default_factory=dict)
    marks: dict[str, tuple[int, ...]] = field(default_factory=dict)
    changed: set[tuple[str, str]] = field(default_factory=set)
    written: set[str] = field(default_factory=set)
    made: tuple[str, ...] = ()
    variables: set[str] = field(default_factory=set)
    sought: set[str] = field(default_factory=set)
    loaded: frozenset[str] = frozenset()
    usual: frozenset[str] = frozenset()
    by_number: bool = False
    acts: bool = False
    anew: dict[str, None] = field(default_factory=dict)


_TRACE = Trace()
"""State of this process: what was read since tracing began."""
_AT_WORK: set[int] = set()
"""State of this process: threads that take a note, whose own reading is not noted."""


def begin(folder: str, own: Iterable[str]) -> None:
    """From now on note what the film in `folder` reads, but not what lies in its `own` folders."""
    _TRACE.folder = os.path.join(os.path.abspath(folder), "")
    _TRACE.own = tuple(os.path.join(os.path.abspath(name), "") for name in own if name)
    _TRACE.loaded = _TRACE.loaded or frozenset(sys.modules)


def record() -> tuple[dict[str, str], str]:
    """All that was noted, and if it must be drawn anew each time, why."""
    found: dict[str, str] = {}
    _quietly(lambda: found.update(_recorded()))
    return found, "; ".join(_TRACE.anew)


def _recorded() -> dict[str, str]:
    program = _program()
    found: dict[str, str] = {"python": PYTHON, **_modules()}
    for (kind, what), state in _TRACE.states.items():
        if kind == "time":
            continue
        if _changed_since(kind, what, state):
            state = CHANGED
        if on_disk(f"{kind}:"):
            if what == program or (what + os.sep).startswith(_TRACE.own):
                continue
            what = _shown(what)
        found[f"{kind}:{what}"] = state
    for name in VARIABLES:
        found[f"variable:{name}"] = variable_state(name)
    return named(found)


def _program() -> str:
    """The program that was started, which multiprocessing loads again."""
    started = getattr(sys.modules.get("__mp_main__"), "__file__", None)
    return os.path.abspath(started) if started else ""


def _changed_since(kind: str, what: str, state: str) -> bool:
    """Whether an input was in another state after it was noted, be it in the first one again."""
    if (kind, what) in _TRACE.changed:
        return True
    if kind != "file" or what not in _TRACE.marks or _TRACE.marks[what] == mark_of(what):
        return False
    # what the scene has written over it may be what was there
    return what not in _TRACE.written or file_state(what) != state


def note(kind: str, what: str, state: str) -> None:
    """Note an input that nothing else tells of, in the state that it is seen in."""
    if _TRACE.states.setdefault((kind, what), state) != state:
        _TRACE.changed.add((kind, what))


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
    """The loaded modules that are neither installed nor Python's nor ours, by their names."""
    found = []
    for name, module in sorted(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if name in _TRACE.loaded:
            continue
        if file:
            if _authors(os.path.abspath(file)):
                found.append(module)
        elif getattr(module, "__spec__", None) is None and not name.startswith("__"):
            # made by hand
            found.append(module)
    return found


def known_by_file(file: str) -> bool:
    """Whether a file is Python's, an installed package's or ours, and none of an author's."""
    return file.startswith((ENGINE, *SITE, *STANDARD)) and not _ours(file)


def variables_set() -> dict[str, str | None]:
    """The variables of the environment that the scene has set or removed, as they are now."""
    return {name: os.environ.get(name) for name in sorted(_TRACE.variables - _SET_BY_US)}


def reads_by_number() -> bool:
    """Whether the scene holds files open by their numbers, whose places cannot be told."""
    return _TRACE.by_number


def wrote_there() -> bool:
    """Whether the scene has written files into the film's folder."""
    return any(map(_ours, _TRACE.written))


def can_be_repeated() -> bool:
    """Whether another process may do the same at once: nothing is known that would be otherwise."""
    own = all(file.startswith(_TRACE.own) for file in _TRACE.written)
    return own and not _TRACE.acts and not _TRACE.anew


def note_anew(reason: str) -> None:
    """Note that what is made now cannot be made alike again."""
    _TRACE.anew.setdefault(reason)


_SET_BY_US = frozenset({"PYTHONHASHSEED"})
"""Variables that are other ones where a scene is drawn than where films are made."""


def _shown(path: str) -> str:
    return os.path.relpath(path, _TRACE.folder) if path.startswith(_TRACE.folder) else path


def _ours(path: str) -> bool:
    """Whether a path is of the film itself: its code, its data."""
    return (
        bool(_TRACE.folder)
        and path.startswith(_TRACE.folder)
        and not path.startswith((ENGINE, *SITE, *STANDARD, *_TRACE.own))
    )


def _authors(path: str) -> bool:
    """Whether a path is of an author's code, in the film's folder or elsewhere."""
    return (
        bool(_TRACE.folder)
        and not path.startswith((ENGINE, *SITE, *_TRACE.own))
        and (not path.startswith(STANDARD) or _ours(path))
        and path != _program()
    )


def _of_scene(path: str) -> bool:
    """Whether the scene itself has made what lies there, so that it is no input."""
    return path in _TRACE.written or (path + os.sep).startswith(_TRACE.made)


def _modules() -> dict[str, str]:
    """The packages whose modules are loaded, and what decided where the film's are found."""
    found = {f"imported:{name}": "" for name in _tops(sys.modules.values())}
    if not _TRACE.folder:
        return found
    scenes = os.path.join(_TRACE.folder, "scenes")
    found["hidden:"] = hidden_state(scenes)
    for name in _TRACE.sought - sys.modules.keys():
        if module_state(name, scenes) == ABSENT:
            found[f"module:{name}"] = ABSENT
    files = (getattr(module, "__file__", None) for module in film_modules())
    if not all(_ours(os.path.abspath(file)) for file in files if file):
        found["variable:PYTHONPATH"] = variable_state("PYTHONPATH")
    return found


def _tops(modules: Iterable[Any]) -> set[str]:
    return _tops_of(getattr(module, "__file__", None) or "" for module in list(modules))


def _tops_of(files: Iterable[str]) -> set[str]:
    """The names of the installed packages that files are of."""
    found = set()
    for file in files:
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
        if frame.f_code.co_filename.startswith(SEEKING):
            return None, ""
        name = _source(frame)
        if name != __file__:
            standard = name.startswith(STANDARD) and not name.startswith(SITE)
            if not standard and not name.startswith("<"):
                return frame, called
            called = frame.f_code.co_name
        frame = frame.f_back
    return None, called


def _source(frame: FrameType) -> str:
    """The file of running code; of code that was made from a text, the file that holds it."""
    name = frame.f_code.co_filename
    if not name.startswith("<") or name.startswith("<frozen"):
        return name
    held = frame.f_globals
    module = sys.modules.get(held.get("__name__", ""))
    if file := held.get("__file__") or getattr(module, "__file__", None):
        return str(file)
    # who makes code from texts and gives it no module is the scene
    return name if module or not _TRACE.folder else f"{_TRACE.folder}scenes/{name}"


def _from_film(frame: FrameType | None) -> bool:
    return frame is not None and _authors(os.path.abspath(_source(frame)))


def is_authors(frame: FrameType) -> bool:
    """Whether a frame is of a function of an author's."""
    return _from_film(frame)


def _where(frame: FrameType) -> str:
    return f"{_shown(_source(frame))}:{frame.f_lineno}"


def _path(given: Any, beside: Any = None) -> str | None:
    """The absolute path of what a function was given, be it the number of an open file.

    A relative one begins at the open folder `beside`, if there is one. None if it has no name.
    """
    if given is None:
        return os.getcwd()
    if isinstance(given, int):
        return _place_of(given)
    name = os.fsdecode(given)
    if isinstance(beside, int) and beside >= 0 and not os.path.isabs(name):
        folder = _place_of(beside)
        if folder is None:
            note_anew("it reads beside an open folder that has no name")
            return None
        name = os.path.join(folder, name)
    path = os.path.abspath(name)
    if ".." in name.split(os.sep):
        # the folder above what a link leads to is not the one above the link
        real = os.path.realpath(name)
        return path if real == os.path.realpath(path) else real
    return path


def _place_of(number: int) -> str | None:
    """The path of an open file or folder, None if it has none, as a pipe."""
    try:
        fcntl = lock_files.fcntl
        if fcntl and hasattr(fcntl, "F_GETPATH"):
            path = os.fsdecode(fcntl.fcntl(number, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0"))
        else:
            path = os.readlink(f"/proc/self/fd/{number}")
    except (OSError, OverflowError):
        return None
    return path if path.startswith(os.sep) else None


def _read(path: str) -> None:
    if _of_scene(path) or path.startswith(ENGINE) or ("file", path) in _TRACE.states:
        return
    if path.startswith(SITE) or (path.startswith(STANDARD) and not _ours(path)):
        return
    if path.startswith(UNREAD):
        if (frame := _caller()) and _from_film(frame):
            note_anew(f"it reads {path} ({_where(frame)})")
        return
    mark = mark_of(path)
    state = file_state(path)
    if os.path.isfile(path):
        _TRACE.marks[path] = mark
    if state == "no plain file":
        note_anew(f"it reads {path}, which is no plain file")
    note("file", path, state)


def _opened(path: Any, mode: Any, flags: Any, beside: Any = None) -> None:
    if isinstance(path, int):
        return
    found = _path(path, beside)
    if found is None:
        return
    if isinstance(mode, str):
        writes, reads = any(c in mode for c in "wxa"), "r" in mode
        writes = writes or "+" in mode
    else:
        way = (flags or 0) & (os.O_RDONLY | os.O_WRONLY | os.O_RDWR)
        writes = way != os.O_RDONLY
        reads = way != os.O_WRONLY and not (flags or 0) & (os.O_TRUNC | os.O_EXCL)
        frame, called = _callers()
        if not called and _from_film(frame):
            _TRACE.by_number = True
    if reads:
        _read(found)
    if writes:
        _TRACE.written.add(found)


def _changed(path: Any, *_: Any) -> None:
    """Something is removed, made or changed that is not the engine's own."""
    found = _path(path)
    if _TRACE.folder and (found is None or not (found + os.sep).startswith(_TRACE.own)):
        _TRACE.acts = True


def _acts(*_: Any) -> None:
    frame = _caller()
    if frame and _from_film(frame):
        _TRACE.acts = True


def _made(path: Any, _mode: Any = None, beside: Any = None) -> None:
    _changed(path)
    found = _path(path, beside)
    if found and not os.path.lexists(found):
        _TRACE.made += (os.path.join(found, ""),)


def _renamed(source: Any, target: Any, beside: Any = None, there: Any = None) -> None:
    _changed(source)
    _changed(target)
    before, after = _path(source, beside), _path(target, there)
    if before and after and _of_scene(before):
        _TRACE.written.add(after)


def _linked_to(_source: Any, target: Any, *beside: Any) -> None:
    _changed(target)
    if after := _path(target, beside[-1] if beside else None):
        _TRACE.written.add(after)


def _listed(path: Any = None, *_: Any) -> None:
    found = _path(path)
    if found is None or found.startswith((ENGINE, *SITE)) or _of_scene(found):
        return
    frame = _caller()
    if frame is None or (found.startswith(STANDARD) and not _ours(found)):
        return
    if found.startswith(UNREAD):
        if _from_film(frame):
            note_anew(f"it reads {found} ({_where(frame)})")
        return
    note("folder", found, folder_state(found))


def _scanned(path: Any = None, *_: Any) -> None:
    _listed(path)
    found = _path(path)
    frame, called = _callers()
    # what it is given tells sizes and times too, and does so unseen
    if found and not called and _from_film(frame) and ("folder", found) in _TRACE.states:
        note("entries", found, entries_state(found))


def _imported(_name: str, file: Any = None, *_: Any) -> None:
    """A module is imported; of one that is written in C, the `file` is told."""
    if file is None or not _TRACE.folder:
        return
    path = os.path.abspath(file)
    if _authors(path):
        _read(path)
        note_anew(f"it uses code in C, {_shown(path)}, whose reading is not seen")
        return
    if not _TRACE.usual:
        # what the engine itself loads on the way, as for its encoder, before it loads the film's
        return
    for package in _tops_of([path]) - _TRACE.usual - BY_PYTHON:
        note_anew(f"it uses {package}, whose code in C may read what is not seen")


def _executed(code: Any, *_: Any) -> None:
    """Code is run that a module or a text was turned into."""
    if not _TRACE.folder or not isinstance(code, CodeType):
        return
    name = code.co_filename
    if name.startswith("<"):
        frame = _caller()
        if frame and _from_film(frame):
            _judge(code, _where(frame))
    elif _authors(path := os.path.abspath(name)):
        _judge(code, _shown(path))


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
    frame = _caller()
    if frame and _from_film(frame):
        note_anew(f"it calls a library of C, {name} ({_where(frame)})")


def _attributes(*_: Any) -> None:
    frame, called = _callers()
    if frame and not called and _from_film(frame):
        note_anew(f"it reads attributes of a file ({_where(frame)})")


def _set_variable(name: Any, *_: Any) -> None:
    _TRACE.variables.add(os.fsdecode(name))


def _database(given: Any, *_: Any) -> None:
    """A database is opened, by a path or an address; what is not yet in it lies beside it."""
    name = os.fsdecode(given)
    if name.startswith("file:"):
        name = unquote(name[len("file:") :].partition("#")[0].partition("?")[0])
        name = name[name.find("/", 2) :] if name.startswith("//") else name
    if name in ("", ":memory:") or (found := _path(name)) is None:
        return
    for beside in ("", "-journal", "-wal"):
        _read(found + beside)


_HEEDED: dict[str, Callable[..., None]] = {
    "open": _opened,
    "os.listdir": _listed,
    "os.scandir": _scanned,
    "os.mkdir": _made,
    "os.rename": _renamed,
    "os.link": _linked_to,
    "os.symlink": _linked_to,
    "os.remove": _changed,
    "os.rmdir": _changed,
    "os.truncate": _changed,
    "os.chmod": _changed,
    "os.utime": _changed,
    "os.kill": _acts,
    "os.killpg": _acts,
    "os.putenv": _set_variable,
    "os.unsetenv": _set_variable,
    "os.getxattr": _attributes,
    "os.listxattr": _attributes,
    "import": _imported,
    "exec": _executed,
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
    "sqlite3.load_extension": _linked,
}


DEEDS = frozenset(_HEEDED) - {"os.putenv", "os.unsetenv", "import", "exec"}
"""Events of Python's that come before something is done which may not be done twice."""


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
        note_anew(f"what it reads could not be noted: {error_text(error)}")
    finally:
        _AT_WORK.discard(thread)


def _look(how: str, given: Any, beside: Any = None, follow: bool = True) -> None:
    path = _path(given, beside)
    if path is None or not _TRACE.folder or _of_scene(path):
        return
    frame, called = _callers()
    film = _from_film(frame)
    if frame is None or not (film or _ours(path)):
        return
    # size and time count for who asks for them; most only ask whether there is something
    measured = film and called in ("", *MEASURES) and how in ("stat", "lstat")
    if measured:
        note("stat", path, stat_state(path))
    if how == "access":
        note("access", path, access_state(path))
    elif how in ("lstat", "readlink") or not follow:
        note("link", path, link_state(path))
    elif not measured and not isinstance(given, int):
        note("look", path, look_state(path))


def _looking(function: Any) -> Any:
    """A stand-in for a function that says what lies at a path."""
    how = "stat" if function is os.fstat else function.__name__

    @wraps(function)
    def looks(path: Any, *args: Any, **more: Any) -> Any:
        beside, follow = more.get("dir_fd"), more.get("follow_symlinks", True)
        _quietly(lambda: _look(how, path, beside, follow))
        return function(path, *args, **more)

    return _in_place_of(function, looks)


def _opening_beside(function: Any) -> Any:
    """A stand-in for `os.open`, of which Python does not tell which folder a name begins at."""

    @wraps(function)
    def opens(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if dir_fd is None:
            return int(function(path, flags, mode))
        _quietly(lambda: _opened(path, None, flags, dir_fd))
        with unnoticed():
            return int(function(path, flags, mode, dir_fd=dir_fd))

    return _in_place_of(function, opens)


def _in_place_of(function: Any, other: Any) -> Any:
    """A stand-in that can do what the function is known to be able to."""
    for known in ("supports_dir_fd", "supports_fd", "supports_follow_symlinks"):
        if function in getattr(os, known):
            getattr(os, known).add(other)
    return other


def _telling(function: Any) -> Any:
    """A stand-in for a function that tells the time."""
    always = function.__name__.startswith("clock_")

    @wraps(function)
    def tells(*args: Any, **more: Any) -> Any:
        frame = sys._getframe(1)
        if (always or not args) and _from_film(frame):
            note_anew(f"it looks at the clock ({_where(frame)})")
        return function(*args, **more)

    return tells


def _unlike(function: Any, what: str) -> Any:
    """A stand-in for a function that gives something else each time, be it through Python's own."""

    @wraps(function)
    def gives(*args: Any, **more: Any) -> Any:
        def take() -> None:
            frame, called = _callers()
            # Python's own asks for the number of its process to name files, and in what it logs
            if frame and _from_film(frame) and not (called and function.__name__ == "getpid"):
                note_anew(f"it asks for {what} ({_where(frame)})")

        _quietly(take)
        return function(*args, **more)

    return gives


def _remembering(function: Any) -> Any:
    """A stand-in for looking a variable up."""

    @wraps(function)
    def remembers(self: Any, key: Any) -> Any:
        def take() -> None:
            name = os.fsdecode(key)
            if name in _TRACE.variables or name in _SET_BY_US or _for_proxies():
                return
            if _from_film(_caller()):
                note("variable", name, variable_state(name))

        _quietly(take)
        return function(self, key)

    return remembers


def _for_proxies() -> bool:
    """Whether Python only goes through all variables to find those of proxies."""
    frame: FrameType | None = sys._getframe(1)
    for _ in range(8):
        if frame is None or frame.f_code.co_name == PROXIES:
            break
        frame = frame.f_back
    return frame is not None and frame.f_code.co_name == PROXIES


def _opening(function: Any) -> Any:
    """A stand-in for PyAV's way to open a film or a sound, which C code reads."""

    @wraps(function)
    def opens(file: Any, mode: Any = None, *args: Any, **more: Any) -> Any:
        if mode in (None, "r") and isinstance(file, str | os.PathLike):
            _quietly(lambda: _read(os.path.abspath(file)))
        return function(file, mode, *args, **more)

    return opens


def _remembering_all(function: Any) -> Any:
    """A stand-in for going through all variables."""

    @wraps(function)
    def remembers(self: Any) -> Any:
        def take() -> None:
            frame = _caller()
            if frame and _from_film(frame) and not _for_proxies():
                note_anew(f"it goes through all variables of the environment ({_where(frame)})")

        _quietly(take)
        return function(self)

    return remembers


def _attaching(function: Any) -> Any:
    """A stand-in for opening a database, to hear of others that are attached to it."""
    attach, fine = 24, 0  # SQLite's own numbers

    def allow(action: int, name: str | None, *_: Any) -> int:
        if action == attach:
            if name is None:
                note_anew("it attaches a database whose name is not seen")
            else:
                _quietly(lambda: _database(name))
        return fine

    @wraps(function)
    def connects(*args: Any, **more: Any) -> Any:
        connection = function(*args, **more)
        connection.set_authorizer(allow)
        return connection

    return connects


def _lettering(function: Any) -> Any:
    """A stand-in for how Pillow makes a font, whose file C code reads."""

    @wraps(function)
    def letters(self: Any, font: Any = None, *args: Any, **more: Any) -> Any:
        if isinstance(font, str | bytes | os.PathLike):
            _quietly(lambda: _read(os.path.abspath(os.fsdecode(font))))
        return function(self, font, *args, **more)

    return letters


def _from_source(function: Any) -> Any:
    """A stand-in for how Python loads a module: from its source, noting just what was read.

    Python's own way trusts what it compiled before if time and size of the source are the same.
    """

    @wraps(function)
    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        path = os.path.abspath(self.get_filename(fullname))
        if not _authors(path):
            return function(self, fullname)  # type: ignore[no-any-return]
        with unnoticed():
            _TRACE.marks.setdefault(path, mark_of(path))
            content = self.get_data(path)
        note("file", path, bytes_state(content))
        return self.source_to_code(content, path)

    return get_code


def _judge(code: CodeType, where: str) -> None:
    """Note what code does that nothing tells of, as far as the names in it say so."""
    names: set[str] = set()
    waiting = [code]
    while waiting:
        one = waiting.pop()
        names.update(one.co_names)
        waiting += [c for c in one.co_consts if isinstance(c, CodeType)]
    if names & TODAY and names & {"datetime", "date"}:
        note_anew(f"it looks at the clock ({where})")
    for name in sorted(names & UNSEEN):
        note_anew(f"it calls {name}, whose reading is not seen ({where})")
    if names & SHARED_WITH_FORKS:
        _TRACE.acts = True
    if "setlocale" in names:
        for name in LOCALES:
            note("variable", name, variable_state(name))
    if names & PLACE_OF_CLOCK:
        note("variable", "TZ", variable_state("TZ"))
        _read("/etc/localtime")


class _Finder(FileFinder):
    """Finds modules in a folder that is no package's and not Python's own, and notes what is there.

    What is found in the folder for a name is an input, and so is that there is nothing.
    """

    def find_spec(self, fullname: str, target: Any = None) -> Any:
        """What a module of this name would be loaded from."""
        _quietly(lambda: self._note(fullname))
        return super().find_spec(fullname, target)

    def _note(self, fullname: str) -> None:
        package, _, name = fullname.rpartition(".")
        place = os.path.join(os.path.abspath(self.path), name)
        if not _of_scene(os.path.dirname(place)):
            note("found", place, found_state(place))
        if not package:
            _TRACE.sought.add(name)


def _finder(path: str) -> Any:
    """A finder for a folder of an author's modules."""
    there = os.path.join(os.path.abspath(path), "")
    if there.startswith((ENGINE, *SITE, *STANDARD)):
        raise ImportError("another finder looks there")
    if not os.path.isdir(there):
        _quietly(lambda: note("look", there[:-1], look_state(there[:-1])))
        raise ImportError("there is no such folder")
    return _Finder(path, (ExtensionFileLoader, EXTENSION_SUFFIXES), (SourceFileLoader, [".py"]))


def read_from_source() -> None:
    """From now on load the film's modules from their sources alone.

    What has been loaded so far is taken to be known.
    """
    _TRACE.usual = _TRACE.usual or frozenset(_tops(sys.modules.values()))
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
    for name in ("stat", "fstat", "lstat", "access", "readlink"):
        setattr(os, name, _looking(getattr(os, name)))
    os.open = _opening_beside(os.open)
    os.times = _telling(os.times)
    for name, what in UNLIKE.items():
        if hasattr(os, name):
            setattr(os, name, _unlike(getattr(os, name), what))
    chance: Any = random
    chance._urandom = os.urandom
    for name in CLOCKS:
        setattr(time, name, _telling(getattr(time, name)))
    variables: Any = type(os.environ)
    variables.__getitem__ = _remembering(variables.__getitem__)
    variables.__iter__ = _remembering_all(variables.__iter__)
    loader: Any = SourceFileLoader
    loader.get_code = _from_source(SourceFileLoader.get_code)
    import sqlite3
    import sqlite3.dbapi2

    import av
    from PIL import ImageFont

    av.open = _opening(av.open)
    sqlite3.connect = sqlite3.dbapi2.connect = _attaching(sqlite3.connect)
    font: Any = ImageFont.FreeTypeFont
    font.__init__ = _lettering(font.__init__)


_installed: list[bool] = []
"""State of this process: not empty once Python's functions are watched."""
