"""Finished parts kept under the hash of what they were made from.

`fetch` gives back the part a recipe names, making it if it is not there. Each part lies beside a
`.recipe.json` with its named ingredients, its checksum and a few facts, so that `explain` can say
why a part must be made again. A part that is not as it was kept is said aloud and made again.
Any number of processes may use one folder; `trim` removes what has not been used for longest.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from secrets import token_hex
from typing import Any

from explainer.cache import locks, metadata
from explainer.cache.inputs import ABSENT, START, Inputs, Now, said, thing
from explainer.cache.ledger import NAME, Ledger, refuse_link
from explainer.cache.locks import Hold
from explainer.cache.migration import OLD, take_over
from explainer.cache.tempfiles import OURS, old
from explainer.errors import ScriptError, with_filename

Recipe = Mapping[str, Any]
"""Named ingredients of a part; values are anything that JSON holds."""

FORMAT = 2
FOLDER = ".explainer-cache"
"""What the cache beside a script is called."""
TAG = "CACHEDIR.TAG"
TAG_TEXT = """\
Signature: 8a477f597d28d172789f06886806bc55
# This folder holds what narrated-explainer keeps for reuse. It may be removed at any time;
# programs that make backups leave it out, as https://bford.info/cachedir says.
"""
ANEW = "anew:"
"""The input of a part that must not be used again; nothing is ever in the same state."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A part: its file, the facts noted when it was made, and whether it was there already."""

    path: Path
    facts: dict[str, Any]
    reused: bool


class Cache:
    """A folder of parts; `say` is told of damage."""

    def __init__(self, root: Path, say: Callable[[str], None] = lambda _: None) -> None:
        self.root, self.say = root, say
        self._used: set[Path] = set()
        self._hold: Hold | None = None
        self._ledger: Ledger | None = None

    @classmethod
    def of(cls, folder: Path, say: Callable[[str], None] = lambda _: None) -> Cache:
        """The cache of the films in a folder; that of an older version is taken over first."""
        made = cls(folder / FOLDER, say)
        if not made.root.exists() and (folder / OLD / "latest").is_dir():
            with suppress(OSError):
                made.claim()
        return made

    def claim(self) -> Ledger:
        """The list of what is written into the folder, which is made and marked if need be.

        Raises:
            ScriptError: if it is a link, or there is a folder of that name that is not ours.
            OSError: if it cannot be made.
        """
        if self._ledger is None:
            refuse_link(self.root)
            fresh = not self.root.exists()
            inside = {path.name for path in self.root.rglob("*") if not path.is_dir()}
            # another process may just be making it
            if inside and not inside & {TAG, NAME}:
                what = f"{self.root} is not a cache of this program: it has no {TAG}"
                raise ScriptError.of(what, "move it elsewhere")
            ledger = Ledger.own(self.root)
            if not os.path.lexists(self.root / TAG):
                self._ledger = ledger
                self._write(self.root / TAG, TAG_TEXT.encode())
            self._ledger = ledger
            if fresh and (moved := take_over(self.root.with_name(OLD), self.root, ledger)):
                self.say(f"moved {moved} kept parts from {OLD} to {self.root.name}")
        return self._ledger

    def fetch(
        self,
        kind: str,
        slot: str,
        recipe: Recipe,
        suffix: str,
        make: Callable[[Path], dict[str, Any]],
    ) -> Entry:
        """The part of this recipe; `make` writes it to the path it is given and returns facts.

        `slot` names what the part is for (`film/scene.line`); the newest recipe of each
        slot is remembered for `explain`.
        """
        if found := self.find(kind, slot, recipe, suffix):
            return found
        temp = self.scratch(kind, suffix)
        try:
            with with_filename(temp):
                facts = make(temp)
            return self.keep(kind, slot, recipe, suffix, temp, facts)
        finally:
            temp.unlink(missing_ok=True)

    def find(self, kind: str, slot: str, recipe: Recipe, suffix: str) -> Entry | None:
        """The part of this recipe if it is there and sound."""
        path = self._path(kind, recipe, suffix)
        if not (_note(path).exists() or _note(path).is_symlink()):
            return None
        self._keep_hold()
        facts = _facts(kind, path, recipe)
        if facts is None:
            with self.alone():
                facts = _facts(kind, path, recipe)  # another process may have just made it again
                if facts is None:
                    self.say(f"a kept {kind} of {slot} is damaged; making it again")
                    self._drop(_note(path))
                    return None
        self._remember(kind, slot, recipe)
        self._used.add(path)
        with suppress(OSError):
            os.utime(_note(path))  # when it was last of use
        return Entry(path, facts, reused=True)

    def keep(
        self, kind: str, slot: str, recipe: Recipe, suffix: str, made: Path, facts: dict[str, Any]
    ) -> Entry:
        """Take over a finished file (made at a `scratch` path) as the part of this recipe.

        If another process was faster, its part is taken: a voice may not speak alike twice.
        """
        path = self._path(kind, recipe, suffix)
        record = {"recipe": recipe, "sha256": file_hash(made), "facts": facts}
        sealed = json.dumps({**record, "seal": _seal(record)}, indent=1)
        _sync(made)
        with self.alone():
            there = _facts(kind, path, recipe)
            if there is None:
                self.claim().begin(path)
                path.parent.mkdir(parents=True, exist_ok=True)
                made.replace(path)
                self._write(_note(path), sealed.encode())
        self._used.add(path)
        self._remember(kind, slot, recipe)
        return Entry(path, facts if there is None else there, reused=False)

    def find_traced(
        self, kind: str, slot: str, recipe: Recipe, suffix: str, now: Now
    ) -> Entry | None:
        """The part of this recipe that was made from inputs that are all the same `now`."""
        for inputs in self._traces(kind, slot, recipe, suffix):
            if not now.changed(inputs):
                return self.find(kind, slot, traced(recipe, inputs), suffix)
        return None

    def begun_alike(
        self, kind: str, slot: str, recipe: Recipe, suffix: str, now: Now
    ) -> dict[str, dict[str, str]]:
        """What parts were made from of which only earlier lines' times changed, by their starts."""
        kept = self._traces(kind, slot, recipe, suffix)
        return {inputs[START]: inputs for inputs in kept if now.may_begin_alike(inputs)}

    def explain_traced(self, kind: str, slot: str, recipe: Recipe, suffix: str, now: Now) -> str:
        """Empty if `find_traced` would find the part; otherwise why not, naming what changed."""
        for inputs in self._traces(kind, slot, recipe, suffix):
            if not now.changed(inputs):
                return self.explain(kind, slot, traced(recipe, inputs), suffix)
        before = self.latest_inputs(kind, slot)
        if before is None:
            return "not made yet"
        if why := before.get(ANEW):
            return f"{why[: why.rindex(' #')]}, so it is made anew each time"
        start = {START: before[START]} if START in before else {}
        now_made_of = traced(recipe, {**now.states(before), **start})
        return self.explain(kind, slot, now_made_of, suffix)

    def latest_inputs(self, kind: str, slot: str) -> dict[str, str] | None:
        """What the newest part of a slot was made from, if there has been one."""
        before = metadata.recipe(self._latest(kind, slot))
        return before and metadata.inputs(before)

    def _traces(
        self, kind: str, slot: str, recipe: Recipe, suffix: str
    ) -> Iterator[dict[str, str]]:
        """What each kept part of this recipe was made from, the newest first."""
        path = self._path(kind, traced(recipe, {}), suffix)
        start = path.name.partition("-")[0]
        for note in sorted(path.parent.glob(f"{start}-*.recipe.json"), key=_age):
            content = metadata.note(note)
            inputs = metadata.inputs(content.recipe) if content else None
            # one that lies in another's place is not what it says it is
            if inputs is not None and note == _note(
                self._path(kind, traced(recipe, inputs), suffix)
            ):
                yield inputs
            elif note.exists() or note.is_symlink():
                self.say(f"a kept {kind} of {slot} is damaged; making it again")
                with suppress(OSError), self.alone():
                    self._drop(note)

    def alone(self) -> AbstractContextManager[None]:
        """What is done in here, no other process does at the same time."""
        ledger = self.claim()
        if not (self.root / "lock").exists():
            ledger.begin(self.root / "lock")
        return locks.alone(self.root / "lock")

    @contextmanager
    def unused(self) -> Iterator[None]:
        """What is done in here, is done while no other process uses the cache.

        Raises:
            ScriptError: if one does.
        """
        hold = None
        if (self.root / "used").exists():
            with suppress(OSError):  # what is no lock is nobody's
                hold = Hold(self.root / "used")
        if hold and not hold.sole():
            what = f"{self.root} is in use: something is rendered or spoken there at this moment"
            raise ScriptError.of(what, "wait until that is done, or end it, and try again")
        try:
            yield
        finally:
            if hold:
                hold.close()

    def trim(self, most: int) -> None:
        """Remove parts, those not used for longest first, until `most` bytes are left.

        What this process has used stays; so does everything while other processes are at work.
        """
        self._keep_hold()
        if self._hold is None or not self._hold.sole():
            return
        ledger, size, all_of_it = self.claim(), 0, 0
        unused: list[str] = []
        for path, _, bytes_ in sorted(self._parts(), key=lambda part: -part[1]):
            size += bytes_
            all_of_it += bytes_
            if size > most and path not in self._used:
                unused.append(self._name(path))
                size -= bytes_
        notes_of = [self._name(_note(self.root / name)) for name in unused]
        # a part goes before its note, by which it would be found again
        removed = len(set(ledger.remove(*unused, *notes_of)) & {*unused})
        for folder in {(self.root / name).parent for name in unused}:
            with suppress(OSError):  # others are in there
                folder.rmdir()
        strays = [self._name(path) for path in self._strays()]
        ledger.remove(*strays, *(f"{name}/" for name in strays))
        ledger.shorten()
        self._hold.close()
        self._hold = None
        limit = f"{most / 1e9:g} GB (EXPLAINER_CACHE_GB)"
        more = f"EXPLAINER_CACHE_GB={ceil(all_of_it / 1e8) / 10:g}"
        if removed:
            told = f"removed {removed} kept parts not used for longest, to stay below {limit}"
            self.say(f"{told}; {more} would have kept them")
        if size > most:
            told = f"what was used just now takes {size / 1e9:.2f} GB, over the limit of {limit}"
            self.say(f"{told}; it stays until a render does not use it. {more} keeps it")

    def _parts(self) -> Iterator[tuple[Path, float, int]]:
        """Each part, when it was last used, and its size."""
        for note in self.root.glob("*/??/*.recipe.json"):
            if note.parent.is_symlink() or note.parent.parent.is_symlink() or note.is_symlink():
                continue
            stem = note.name.removesuffix(".recipe.json")
            for path in note.parent.glob(f"{stem}.*"):
                if path != note and path.is_file() and not path.is_symlink():
                    yield path, note.stat().st_mtime, path.stat().st_size + note.stat().st_size

    def _strays(self) -> Iterator[Path]:
        """What processes that were killed have left behind, once it is a day old."""
        left = [*self.root.glob("*/.making-*"), *self.root.glob("drawing-*")]
        left += self.root.glob("latest/**/.*")
        left += (p for p in self.root.glob("*/??/*") if not _note(p).exists())
        return old(left)

    def _keep_hold(self) -> None:
        """From now on until this cache is let go, no other process may remove parts."""
        if self._hold is None:
            with suppress(OSError):  # where nothing can be written, nothing can be removed either
                if not (self.root / "used").exists():
                    self.claim().begin(self.root / "used")
                self._hold = Hold(self.root / "used")

    def scratch(self, kind: str, suffix: str) -> Path:
        """A new empty file on the cache's own disk, for making a part in."""
        ledger, folder = self.claim(), self.root / kind
        self._keep_hold()
        path = folder / f".making-{OURS}-{token_hex(6)}{suffix}"
        ledger.begin(path)
        folder.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666))
        return path

    def explain(self, kind: str, slot: str, recipe: Recipe, suffix: str) -> str:
        """Empty if the part is there; otherwise why it is not, by its slot's newest recipe."""
        path = self._path(kind, recipe, suffix)
        if _note(path).exists() or _note(path).is_symlink():
            return "the kept one is damaged" if _facts(kind, path, recipe) is None else ""
        before = metadata.recipe(self._latest(kind, slot))
        if before is None:
            return "not made yet"
        after = json.loads(json.dumps(recipe))
        changes = [
            *differences(_without_inputs(before), _without_inputs(after)),
            *_changed(metadata.inputs(before) or {}, after.get("inputs", {})),
        ]
        return "; ".join(changes) or "made before, but no longer kept"

    def _remember(self, kind: str, slot: str, recipe: Recipe) -> None:
        wanted = json.dumps(recipe, sort_keys=True).encode()
        latest = self._latest(kind, slot)
        if metadata.read(latest) != wanted:
            self._write(latest, wanted)

    def _write(self, path: Path, content: bytes) -> None:
        """Write a file of the cache itself."""
        ledger = self.claim()
        ledger.begin(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, content, ledger, lambda _: None)

    def _drop(self, path: Path) -> None:
        """Remove a file of the cache, if it is listed and lies behind no link."""
        self.claim().remove(self._name(path))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _path(self, kind: str, recipe: Recipe, suffix: str) -> Path:
        stable = {name: value for name, value in recipe.items() if name != "inputs"}
        digest = _digest([FORMAT, kind, stable])
        name = digest[2:34]
        if "inputs" in recipe:
            name = f"{name}-{_digest(recipe['inputs'])[:24]}"
        return self.root / kind / digest[:2] / f"{name}{suffix}"

    def _latest(self, kind: str, slot: str) -> Path:
        return self.root / "latest" / kind / f"{slot}.json"


def traced(recipe: Recipe, inputs: Inputs) -> dict[str, Any]:
    """A recipe together with what was read while its part was made."""
    return {**recipe, "inputs": dict(inputs)}


def made_anew(inputs: Inputs, why: str) -> dict[str, str]:
    """The inputs of a part that must not be used again, and why."""
    return {**inputs, ANEW: f"{why} #{os.urandom(8).hex()}"}


def _age(note: Path) -> float:
    """How long ago a part was of use."""
    with suppress(OSError):
        return -note.stat().st_mtime
    return 0.0


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _note(path: Path) -> Path:
    return path.with_suffix(".recipe.json") if path.suffix != ".json" else path


def _facts(kind: str, path: Path, recipe: Recipe) -> dict[str, Any] | None:
    """The facts of a part that is whole and just what `recipe` asks for; else None."""
    note = metadata.note(_note(path))
    if note is None:
        return None
    said = {"recipe": note.recipe, "sha256": note.sha256, "facts": note.facts}
    if note.seal != _seal(said) or note.recipe != json.loads(json.dumps(recipe)):
        return None
    try:
        whole = note.sha256 == _part_hash(path)
    except OSError:
        return None
    return note.facts if whole and metadata.hold(kind, note.facts, note.recipe) else None


def _seal(record: Mapping[str, Any]) -> str:
    """A checksum over all that a note says."""
    text = json.dumps([FORMAT, record], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def differences(before: Any, after: Any, name: str = "") -> list[str]:
    """What changed between two recipes, one phrase for each ingredient."""
    if isinstance(before, dict) and isinstance(after, dict):
        found = []
        for key in sorted({*before, *after}):
            label = f"{name} {key}".strip()
            if key not in before:
                found.append(f"{label} is new")
            elif key not in after:
                found.append(f"{label} is gone")
            else:
                found += differences(before[key], after[key], label)
        return found
    if before == after:
        return []
    if isinstance(before, list | dict) or isinstance(after, list | dict):
        return [f"{name} changed"]
    if len(f"{before}{after}") > 48:
        return [f"{name} changed"]
    return [f"{name} changed: {before} → {after}"]


def _without_inputs(recipe: Any) -> Any:
    return {name: value for name, value in recipe.items() if name != "inputs"}


def _changed(before: Inputs, after: Inputs) -> list[str]:
    """What changed between two records of inputs, one phrase for each."""
    found = []
    for name in sorted(set(before) & set(after)):
        old, new = before[name], after[name]
        if old == new:
            continue
        if old == ABSENT:
            found.append(f"{thing(name)} is new")
        elif new == ABSENT:
            found.append(f"{thing(name)} is gone")
        elif name.startswith(("package:", "python")):
            found.append(f"{said(name)} changed: {old} → {new}")
        else:
            found.append(f"{said(name)} changed")
    return found


def limit() -> int:
    """The bytes that a cache may have: EXPLAINER_CACHE_GB, or two gigabytes.

    Raises:
        ScriptError: if that is no number.
    """
    said = os.environ.get("EXPLAINER_CACHE_GB", "2")
    try:
        most = float(said)
        if not 0 <= most < 1e6:
            raise ValueError(said)
    except ValueError:
        what = f"EXPLAINER_CACHE_GB is “{said}”, which is no size in gigabytes"
        raise ScriptError.of(what, "set it to a number such as 2 or 0.5") from None
    return int(most * 1e9)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that its name never holds half of it.

    In a folder of ours it is listed; what somebody has changed there by hand is put aside.

    Raises:
        ScriptError: if there is something that is not ours.
        OSError: if it cannot be written.
    """
    make_room(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, content, Ledger.of(path), lambda temp: promise(path, temp))


def begun(path: Path) -> None:
    """List a file that is going to be written, if it is in a folder of ours."""
    if ledger := Ledger.of(path):
        ledger.begin(path)


def promise(path: Path, made: Path) -> None:
    """List a file that `made` is about to be renamed to, if it is in a folder of ours.

    It is listed before it is there: afterwards, another's could have taken its place.
    """
    if ledger := Ledger.of(path):
        ledger.done(path, made)


def make_room(path: Path) -> None:
    """Let a new file take the place of an old one that is ours.

    Raises:
        ScriptError: if what is there is not ours.
        EnvironmentProblem: if it would lie behind a link.
    """
    ledger = Ledger.of(path)
    if ledger and (aside := ledger.give_way(path)):
        print(f"{path.name} was changed by hand: it is kept as {aside.name}", file=sys.stderr)


def _replace(
    path: Path, content: bytes, ledger: Ledger | None, ready: Callable[[Path], None]
) -> None:
    """Write a file under another name, and rename it; `ready` is told of the whole one before."""
    temp = path.with_name(f".{path.name}-{OURS}-{token_hex(4)}")
    if ledger:
        ledger.begin(temp)
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with with_filename(path), os.fdopen(os.open(temp, flags, 0o666), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        ready(temp)
        temp.replace(path)
    finally:
        temp.unlink(missing_ok=True)


def file_hash(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _part_hash(path: Path) -> str:
    """The same of a kept part, which must be a plain file."""
    with metadata.opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    with with_filename(path), path.open("rb") as file:
        os.fsync(file.fileno())
