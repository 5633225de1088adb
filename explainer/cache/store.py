"""A content-addressed store: a recipe in, the file that was made of it out.

Beside each file lies a `.recipe.json` with its recipe, a checksum and metadata, by which `explain`
can say why a part must be made again. A damaged part is reported and made again. Any number of
processes may use one folder; `evict` removes what has not been used for longest.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from secrets import token_hex
from typing import Any

from explainer.cache import locks, metadata
from explainer.cache.files import file_hash, replace_file
from explainer.cache.inputs import ABSENT, START, Inputs, Now, said, thing
from explainer.cache.ledger import LOCK, NAME, Ledger, refuse_link
from explainer.cache.link_safe import open_no_link
from explainer.cache.locks import SharedLock
from explainer.cache.migration import OLD, take_over
from explainer.cache.tempfiles import older_than_a_day, process_token
from explainer.errors import ScriptError, with_filename

Recipe = Mapping[str, Any]
"""Named ingredients of a part; values are what JSON can hold."""

FORMAT = 2
"""Part of each key and checksum."""
FOLDER = ".explainer-cache"
"""Name of the cache beside a script."""
TAG = "CACHEDIR.TAG"
TAG_TEXT = """\
Signature: 8a477f597d28d172789f06886806bc55
# This folder holds what narrated-explainer keeps for reuse. It may be removed at any time;
# programs that make backups leave it out, as https://bford.info/cachedir says.
"""
NEVER_REUSED = "anew:"
"""The name of an input that is never in the same state again, so that its part is not reused."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A part: its file, its metadata from when it was made, and whether it was there already."""

    path: Path
    metadata: dict[str, Any]
    reused: bool


class Cache:
    """A folder of parts; `say` gets a message when one is damaged or removed."""

    def __init__(self, root: Path, say: Callable[[str], None] = lambda _: None) -> None:
        self.root = root
        self.say = say
        self._used: set[Path] = set()
        self._shared_lock: SharedLock | None = None
        self._ledger: Ledger | None = None

    @classmethod
    def of(cls, folder: Path, say: Callable[[str], None] = lambda _: None) -> Cache:
        """The cache of the films in a folder; the parts of an older version are moved there."""
        cache = cls(folder / FOLDER, say)
        if not cache.root.exists() and (folder / OLD / "latest").is_dir():
            with suppress(OSError):
                cache.claim()
        return cache

    def claim(self) -> Ledger:
        """The list of what is written into the folder; the folder is made and marked if need be.

        Raises:
            ScriptError: if it is a link, or there is a folder of that name that is not ours.
            OSError: if it cannot be made.
        """
        if self._ledger is None:
            refuse_link(self.root)
            fresh = not self.root.exists()
            filled = any(not path.is_dir() for path in self.root.rglob("*"))
            # looked for last: what fills it meanwhile, as another process may, has marked it before
            marked = any(os.path.lexists(self.root / name) for name in (TAG, NAME, LOCK))
            if filled and not marked:
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

    def get_or_create(
        self,
        kind: str,
        slot: str,
        recipe: Recipe,
        suffix: str,
        make: Callable[[Path], dict[str, Any]],
    ) -> Entry:
        """The part of this recipe; else `make` writes it to the path it gets, and returns metadata.

        `slot` names what the part is for (`film/scene.line`); the newest recipe of each slot is
        stored for `explain`.
        """
        if found := self.get(kind, slot, recipe, suffix):
            return found
        temp = self.temp_path(kind, suffix)
        try:
            with with_filename(temp):
                facts = make(temp)
            return self.put(kind, slot, recipe, suffix, temp, facts)
        finally:
            temp.unlink(missing_ok=True)

    def get(self, kind: str, slot: str, recipe: Recipe, suffix: str) -> Entry | None:
        """The part of this recipe, if it is there and undamaged."""
        path = self._path(kind, recipe, suffix)
        if not (_metadata_path(path).exists() or _metadata_path(path).is_symlink()):
            return None
        self._acquire_shared()
        facts = _read_metadata(kind, path, recipe)
        if facts is None:
            with self.lock():
                facts = _read_metadata(
                    kind, path, recipe
                )  # another process may have just made it again
                if facts is None:
                    self.say(f"a kept {kind} of {slot} is damaged; making it again")
                    self._remove(_metadata_path(path))
                    return None
        self._remember(kind, slot, recipe)
        self._used.add(path)
        with suppress(OSError):
            os.utime(_metadata_path(path))  # when it was last used
        return Entry(path, facts, reused=True)

    def put(
        self, kind: str, slot: str, recipe: Recipe, suffix: str, made: Path, facts: dict[str, Any]
    ) -> Entry:
        """Store a finished file, which was made at a `temp_path`, as the part of this recipe.

        If another process stored it first, its part is used: synthesis need not be deterministic.
        """
        path = self._path(kind, recipe, suffix)
        record = {"recipe": recipe, "sha256": file_hash(made), "facts": facts}
        sealed = json.dumps({**record, "seal": _checksum(record)}, indent=1)
        _sync(made)
        with self.lock():
            there = _read_metadata(kind, path, recipe)
            if there is None:
                self.claim().begin(path)
                path.parent.mkdir(parents=True, exist_ok=True)
                made.replace(path)
                self._write(_metadata_path(path), sealed.encode())
        self._used.add(path)
        self._remember(kind, slot, recipe)
        return Entry(path, facts if there is None else there, reused=False)

    def get_traced(
        self, kind: str, slot: str, recipe: Recipe, suffix: str, now: Now
    ) -> Entry | None:
        """The part of this recipe whose inputs are all in the same state `now`."""
        for inputs in self._traces(kind, slot, recipe, suffix):
            if not now.changed(inputs):
                return self.get(kind, slot, with_inputs(recipe, inputs), suffix)
        return None

    def inputs_by_start(
        self, kind: str, slot: str, recipe: Recipe, suffix: str, now: Now
    ) -> dict[str, dict[str, str]]:
        """By their start, the inputs of parts that may begin as they did.

        Of these only the times of earlier lines have changed.
        """
        kept = self._traces(kind, slot, recipe, suffix)
        return {inputs[START]: inputs for inputs in kept if now.may_begin_alike(inputs)}

    def explain_traced(self, kind: str, slot: str, recipe: Recipe, suffix: str, now: Now) -> str:
        """Why `get_traced` would not find the part, naming what changed; empty if it would."""
        for inputs in self._traces(kind, slot, recipe, suffix):
            if not now.changed(inputs):
                return self.explain(kind, slot, with_inputs(recipe, inputs), suffix)
        before = self.latest_inputs(kind, slot)
        if before is None:
            return "not made yet"
        if why := before.get(NEVER_REUSED):
            return f"{why[: why.rindex(' #')]}, so it is made anew each time"
        start = {START: before[START]} if START in before else {}
        now_made_of = with_inputs(recipe, {**now.states(before), **start})
        return self.explain(kind, slot, now_made_of, suffix)

    def latest_inputs(self, kind: str, slot: str) -> dict[str, str] | None:
        """The inputs of the newest part of a slot, if there has been one."""
        before = metadata.read_recipe(self._latest(kind, slot))
        return before and metadata.inputs_of(before)

    def _traces(
        self, kind: str, slot: str, recipe: Recipe, suffix: str
    ) -> Iterator[dict[str, str]]:
        """The inputs of each stored part of this recipe, the newest first."""
        path = self._path(kind, with_inputs(recipe, {}), suffix)
        start = path.name.partition("-")[0]
        for note in sorted(path.parent.glob(f"{start}-*.recipe.json"), key=_age):
            content = metadata.read_metadata(note)
            inputs = metadata.inputs_of(content.recipe) if content else None
            # one that lies in another's place is not what it says it is
            if inputs is not None and note == _metadata_path(
                self._path(kind, with_inputs(recipe, inputs), suffix)
            ):
                yield inputs
            elif note.exists() or note.is_symlink():
                self.say(f"a kept {kind} of {slot} is damaged; making it again")
                with suppress(OSError), self.lock():
                    self._remove(note)

    def lock(self, of: Path | None = None) -> AbstractContextManager[None]:
        """Acquire the cache's exclusive lock, or that `of` a film; blocks while another has it."""
        ledger = self.claim()
        name = self.root / (f"lock-{of.parent.name}-{of.name}" if of else "lock")
        if not name.exists():
            ledger.begin(name)
        return locks.lock(name)

    @contextmanager
    def exclusive_use(self) -> Iterator[None]:
        """Keep all other processes from using the cache.

        Raises:
            ScriptError: if one does.
        """
        shared_lock = None
        if (self.root / "used").exists():
            with suppress(OSError):  # what is no lock file is nobody's
                shared_lock = SharedLock(self.root / "used")
        if shared_lock and not shared_lock.try_upgrade():
            what = f"{self.root} is in use: something is rendered or spoken there at this moment"
            raise ScriptError.of(what, "wait until that is done, or end it, and try again")
        try:
            yield
        finally:
            if shared_lock:
                shared_lock.close()

    def evict(self, max_bytes: int) -> None:
        """Remove parts, the least recently used first, until `max_bytes` are left.

        What this process has used stays. While other processes use the cache, everything does.
        """
        self._acquire_shared()
        if self._shared_lock is None or not self._shared_lock.try_upgrade():
            return
        ledger = self.claim()
        size = 0
        total = 0
        unused: list[str] = []
        for path, _, part_bytes in sorted(self._parts(), key=lambda part: -part[1]):
            size += part_bytes
            total += part_bytes
            if size > max_bytes and path not in self._used:
                unused.append(self._name(path))
                size -= part_bytes
        metadata_of = [self._name(_metadata_path(self.root / name)) for name in unused]
        # a part goes before its metadata, by which it would be found again
        removed = len(set(ledger.remove(*unused, *metadata_of)) & {*unused})
        for folder in {(self.root / name).parent for name in unused}:
            with suppress(OSError):  # other parts are in it
                folder.rmdir()
        orphaned = [self._name(path) for path in self._orphaned_files()]
        ledger.remove(*orphaned, *(f"{name}/" for name in orphaned))
        ledger.shorten()
        self._shared_lock.close()
        self._shared_lock = None
        limit = f"{max_bytes / 1e9:g} GB (EXPLAINER_CACHE_GB)"
        more = f"EXPLAINER_CACHE_GB={ceil(total / 1e8) / 10:g}"
        if removed:
            what = f"removed {removed} kept parts not used for longest, to stay below {limit}"
            self.say(f"{what}; {more} would have kept them")
        if size > max_bytes:
            what = f"what was used just now takes {size / 1e9:.2f} GB, over the limit of {limit}"
            self.say(f"{what}; it stays until a render does not use it. {more} keeps it")

    def _parts(self) -> Iterator[tuple[Path, float, int]]:
        """Each part, when it was last used, and its size."""
        for note in self.root.glob("*/??/*.recipe.json"):
            if note.parent.is_symlink() or note.parent.parent.is_symlink() or note.is_symlink():
                continue
            stem = note.name.removesuffix(".recipe.json")
            for path in note.parent.glob(f"{stem}.*"):
                if path != note and path.is_file() and not path.is_symlink():
                    yield path, note.stat().st_mtime, path.stat().st_size + note.stat().st_size

    def _orphaned_files(self) -> Iterator[Path]:
        """Temporary files of processes that were killed, once they are a day old."""
        left = [*self.root.glob("*/.making-*"), *self.root.glob("drawing-*")]
        left += self.root.glob("latest/**/.*")
        left += (p for p in self.root.glob("*/??/*") if not _metadata_path(p).exists())
        return older_than_a_day(left)

    def _acquire_shared(self) -> None:
        """Keep other processes from removing parts as long as this cache is in use."""
        if self._shared_lock is None:
            with suppress(OSError):  # where nothing can be written, nothing can be removed, either
                if not (self.root / "used").exists():
                    self.claim().begin(self.root / "used")
                self._shared_lock = SharedLock(self.root / "used")

    def temp_path(self, kind: str, suffix: str) -> Path:
        """A new empty file on the cache's own disk, in which to make a part."""
        ledger = self.claim()
        folder = self.root / kind
        self._acquire_shared()
        path = folder / f".making-{process_token()}-{token_hex(6)}{suffix}"
        ledger.begin(path)
        folder.mkdir(parents=True, exist_ok=True)
        os.close(open_no_link(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        return path

    def explain(self, kind: str, slot: str, recipe: Recipe, suffix: str) -> str:
        """Why the part is not there, by the newest recipe of its slot; empty if it is."""
        path = self._path(kind, recipe, suffix)
        if _metadata_path(path).exists() or _metadata_path(path).is_symlink():
            return "the kept one is damaged" if _read_metadata(kind, path, recipe) is None else ""
        before = metadata.read_recipe(self._latest(kind, slot))
        if before is None:
            return "not made yet"
        after = json.loads(json.dumps(recipe))
        changes = [
            *differences(_without_inputs(before), _without_inputs(after)),
            *_input_changes(metadata.inputs_of(before) or {}, after.get("inputs", {})),
        ]
        return "; ".join(changes) or "made before, but no longer kept"

    def _remember(self, kind: str, slot: str, recipe: Recipe) -> None:
        content = json.dumps(recipe, sort_keys=True).encode()
        latest = self._latest(kind, slot)
        if metadata.read_bytes(latest) != content:
            self._write(latest, content)

    def _write(self, path: Path, content: bytes) -> None:
        """Write a file of the cache itself."""
        ledger = self.claim()
        ledger.begin(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, content, ledger, lambda _: None)

    def _remove(self, path: Path) -> None:
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


def with_inputs(recipe: Recipe, inputs: Inputs) -> dict[str, Any]:
    """A recipe with the inputs that were read while its part was made."""
    return {**recipe, "inputs": dict(inputs)}


def never_reused(inputs: Inputs, why: str) -> dict[str, str]:
    """Inputs that keep their part from being used again, with the reason."""
    return {**inputs, NEVER_REUSED: f"{why} #{os.urandom(8).hex()}"}


def _age(note: Path) -> float:
    """Seconds since a part was last used, from an arbitrary zero."""
    with suppress(OSError):
        return -note.stat().st_mtime
    return 0.0


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _metadata_path(path: Path) -> Path:
    return path.with_suffix(".recipe.json") if path.suffix != ".json" else path


def _read_metadata(kind: str, path: Path, recipe: Recipe) -> dict[str, Any] | None:
    """The metadata of a part that is undamaged and just what `recipe` asks for; else None."""
    note = metadata.read_metadata(_metadata_path(path))
    if note is None:
        return None
    said = {"recipe": note.recipe, "sha256": note.sha256, "facts": note.facts}
    if note.seal != _checksum(said) or note.recipe != json.loads(json.dumps(recipe)):
        return None
    try:
        whole = note.sha256 == _part_hash(path)
    except OSError:
        return None
    return note.facts if whole and metadata.is_valid(kind, note.facts, note.recipe) else None


def _checksum(record: Mapping[str, Any]) -> str:
    """The checksum over all that stands beside a part."""
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


def _input_changes(before: Inputs, after: Inputs) -> list[str]:
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


def size_limit() -> int:
    """How many bytes a cache may have: EXPLAINER_CACHE_GB, or two gigabytes.

    Raises:
        ScriptError: if that is no number.
    """
    stated = os.environ.get("EXPLAINER_CACHE_GB", "2")
    try:
        gigabytes = float(stated)
        if not 0 <= gigabytes < 1e6:
            raise ValueError(stated)
    except ValueError:
        what = f"EXPLAINER_CACHE_GB is “{stated}”, which is no size in gigabytes"
        raise ScriptError.of(what, "set it to a number such as 2 or 0.5") from None
    return int(gigabytes * 1e9)


def _part_hash(path: Path) -> str:
    """The SHA-256 of a stored part, which must be a plain file."""
    with metadata.open_plain_file(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    with with_filename(path), path.open("rb") as file:
        os.fsync(file.fileno())
