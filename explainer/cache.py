"""Finished parts kept under the hash of what they were made from.

`fetch` gives back the part a recipe names, making it if it is not there. Each part lies beside a
`.recipe.json` with its named ingredients, its checksum and a few facts, so that `explain` can say
why a part must be made again. A part whose checksum does not fit is said aloud and made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Recipe = Mapping[str, Any]
"""Named ingredients of a part; values are anything that JSON holds."""

FORMAT = 1


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
            facts = make(temp)
            return self.keep(kind, slot, recipe, suffix, temp, facts)
        finally:
            temp.unlink(missing_ok=True)

    def find(self, kind: str, slot: str, recipe: Recipe, suffix: str) -> Entry | None:
        """The part of this recipe if it is there and sound."""
        path = self._path(kind, recipe, suffix)
        note = path.with_suffix(".recipe.json")
        try:
            record = json.loads(note.read_text(encoding="utf-8"))
            if record["sha256"] == file_hash(path):
                self._remember(kind, slot, recipe)
                return Entry(path, record["facts"], reused=True)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            pass
        self.say(f"a kept {kind} of {slot} is damaged; making it again")
        note.unlink(missing_ok=True)
        return None

    def keep(
        self, kind: str, slot: str, recipe: Recipe, suffix: str, made: Path, facts: dict[str, Any]
    ) -> Entry:
        """Take over a finished file (made at a `scratch` path) as the part of this recipe."""
        path = self._path(kind, recipe, suffix)
        path.parent.mkdir(parents=True, exist_ok=True)
        record = {"recipe": recipe, "sha256": file_hash(made), "facts": facts}
        _sync(made)
        made.replace(path)
        write_atomically(path.with_suffix(".recipe.json"), json.dumps(record, indent=1).encode())
        self._remember(kind, slot, recipe)
        return Entry(path, facts, reused=False)

    def scratch(self, kind: str, suffix: str) -> Path:
        """A new empty file on the cache's own disk, for making a part in."""
        folder = self.root / kind
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".making-", suffix=suffix, dir=folder)
        os.close(handle)
        return Path(name)

    def explain(self, kind: str, slot: str, recipe: Recipe, suffix: str) -> str:
        """Empty if the part is there; otherwise why it is not, by its slot's newest recipe."""
        if self._path(kind, recipe, suffix).with_suffix(".recipe.json").is_file():
            return ""
        try:
            before = json.loads(self._latest(kind, slot).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return "not made yet"
        changes = differences(before, json.loads(json.dumps(recipe)))
        return "; ".join(changes) or "made before, but no longer kept"

    def _remember(self, kind: str, slot: str, recipe: Recipe) -> None:
        wanted = json.dumps(recipe, sort_keys=True).encode()
        latest = self._latest(kind, slot)
        if not latest.is_file() or latest.read_bytes() != wanted:
            latest.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(latest, wanted)

    def _path(self, kind: str, recipe: Recipe, suffix: str) -> Path:
        text = json.dumps([FORMAT, kind, recipe], sort_keys=True)
        digest = hashlib.sha256(text.encode()).hexdigest()
        return self.root / kind / digest[:2] / f"{digest[2:34]}{suffix}"

    def _latest(self, kind: str, slot: str) -> Path:
        return self.root / "latest" / kind / f"{slot}.json"


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


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that its name never holds half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    temp = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temp.chmod(0o666 & ~_umask())
        temp.replace(path)
    finally:
        temp.unlink(missing_ok=True)


def file_hash(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
