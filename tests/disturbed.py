"""Renders that are disturbed, and what is judged of them and of the run after.

As a program it renders in one process many times and prints a row of JSON for each:
`disturbed.py writes FOLDER LOG FIRST STEP TURN` lets one thing fail that is written (with
`failing.c` before all libraries), `disturbed.py kinds FOLDER LOG COUNT` so many of each kind, and
`disturbed.py disks FOLDER LOG COUNT` fills disks of that folder.
"""

from __future__ import annotations

import errno
import json
import mmap
import os
import re
import shutil
import struct
import subprocess
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from damage import FILM, outputs, parts
from explainer.cli import main
from project import SCENE, Project

ORDER = (*FILM, "--youtube", "--json")
ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES)
KINDS = ("open", "write", "fsync", "rename", "mkdir")
"""What can be made to fail."""
LINES = 2
OLD, NEW = "comes", "joins it"
"""Words in which the older film and the right one differ."""


def lettered(folder: Path) -> Project:
    """The small project with a text in its picture, which Manim writes a file for."""
    project = Project(folder)
    scene = SCENE.replace("RIGHT, Circle", "RIGHT, Circle, Text")
    scene = scene.replace("def two(self):\n", 'def two(self):\n        self.add(Text("b"))\n')
    project.scene.write_text(scene, encoding="utf-8")
    return project


@dataclass(frozen=True, slots=True)
class Standard:
    """What an undisturbed render makes: checksums of its files by name, its kept parts' names.

    `older` are checksums of the film that may have been there before.
    """

    right: dict[str, str]
    parts: dict[str, list[str]]
    older: dict[str, str]

    def wrong(self, project: Project, code: int, said: str) -> Iterator[str]:
        """What is wrong with a run that was disturbed, one phrase each."""
        made = outputs(project)
        if code == 0 and made != self.right:
            yield f"done, but not right: {_differing(made, self.right)}"
        if code in (1, 2, 3, 4, 5) and " → " not in said:
            yield "no word of what to do"
        if code in (1, 2, 3, 4, 5) and not re.search(r"^\S*(/|\.yaml)", said, re.MULTILINE):
            yield "no word of where"
        if "Traceback" in said or "Exception ignored" in said:
            yield "a traceback"
        for name, sha in made.items():
            if sha not in (self.right.get(name), self.older.get(name)):
                yield f"a file neither old nor new: {name}"

    def kept(self, project: Project) -> dict[str, int]:
        """How many parts of the right film are kept, by kind."""
        there = {path.name for paths in parts(project).values() for path in paths}
        return {kind: len(there & set(names)) for kind, names in self.parts.items()}

    def wrong_after(
        self, project: Project, code: int, said: str, kept: dict[str, int]
    ) -> Iterator[str]:
        """What is wrong with the next run; `kept` were there before it."""
        made = outputs(project)
        if code != 0 or made != self.right:
            yield f"next run: exit {code}, not right: {_differing(made, self.right)} {said[-300:]}"
        facts = next((json.loads(row) for row in said.splitlines() if row.startswith("{")), {})
        for what, kind in (("drawn", "picture"), ("spoken", "voice")):
            if facts.get(what) != LINES - kept[kind]:
                yield f"next run: {facts.get(what)} {what}, though {kept[kind]} were kept"
        if "damaged" in said:
            yield "next run: says that something is damaged"


def names_of(project: Project) -> dict[str, list[str]]:
    """The names of a project's kept parts, by kind."""
    return {kind: [path.name for path in paths] for kind, paths in parts(project).items()}


def _differing(made: dict[str, str], right: dict[str, str]) -> str:
    return ", ".join(sorted({name for name, _ in {*made.items()} ^ {*right.items()}}))


def strays(project: Project) -> list[str]:
    """Files that are nothing's part and no output."""
    found = (p for p in project.folder.rglob("*") if p.name.startswith((".", "drawing-")))
    ours = (".explainer-cache", ".explainer-written")
    return [str(p.relative_to(project.folder)) for p in found if p.name not in ours]


# --- many renders in one process ---


class Bench:
    """Renders in this process; what it and its children say is read back from `log`."""

    def __init__(self, folder: Path, log: Path) -> None:
        self.folder, self.log, self.saved = folder, log, log.with_name("older")
        project = self.fresh()
        assert self.render()[0] == 0, log.read_text()
        made, names = outputs(project), names_of(project)
        project = self.fresh()
        project.edit(NEW, OLD)
        assert self.render()[0] == 0, log.read_text()
        self.standard = Standard(made, names, outputs(project))
        assert self.standard.older["dots.mp4"] != made["dots.mp4"]
        shutil.copytree(folder, self.saved, symlinks=True)

    def fresh(self, older: bool = False) -> Project:
        """The folder with a fresh project in it, or one that has the film of an older wording."""
        os.chdir("/")
        for path in self.folder.iterdir() if self.folder.is_dir() else ():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        project = lettered(self.folder)
        if older:
            for name in (".explainer-cache", "build"):
                shutil.copytree(self.saved / name, self.folder / name)
        os.chdir(self.folder)
        return project

    def render(self) -> tuple[int, str]:
        """The exit code of a render, and all that was said by any process."""
        before = self.log.stat().st_size
        try:
            code = main([*ORDER])
        except BaseException:
            traceback.print_exc()
            code = 1
        sys.stdout.flush()
        sys.stderr.flush()
        with self.log.open(encoding="utf-8", errors="replace") as file:
            file.seek(before)
            return code, file.read()

    def judged(self, project: Project, code: int, said: str) -> list[str]:
        """What was wrong with a disturbed render, and what is wrong with the next one."""
        wrong = [*self.standard.wrong(project, code, said)]
        wrong += [f"left behind: {path}" for path in strays(project)]
        kept = self.standard.kept(project)
        wrong += self.standard.wrong_after(project, *self.render(), kept)
        return [*wrong, *(f"left behind for ever: {path}" for path in strays(project))]


class Failing:
    """The numbers that `failing.c` shares: what there was, what fails, and with which error."""

    FORM = struct.Struct("4q16s64s4096s")

    def __init__(self) -> None:
        handle = os.open(os.environ["FAILING_CONTROL"], os.O_RDWR)
        self.shared = mmap.mmap(handle, self.FORM.size)

    def set(self, first: int, last: int, error: int, kind: str = "") -> None:
        """Count from nought, all or one kind; what has one of these numbers fails."""
        self.FORM.pack_into(self.shared, 0, 0, first, last, error, kind.encode(), b"", b"")

    def clear(self) -> tuple[int, str]:
        """How many there were, and the call and the file of the last that failed."""
        count, _, _, _, _, what, where = self.FORM.unpack_from(self.shared, 0)
        self.set(0, 0, 0)
        called, path = (text.split(b"\0")[0].decode() for text in (what, where))
        return count, f"{called} {path}".strip()


def fail_each(bench: Bench, first: int, step: int, turn: int) -> Iterator[dict[str, object]]:
    """One render for each number of a thing that fails; at last one in which nothing does.

    By turns it fails once or from then on, with another error, and with or without an older film.
    """
    failing, count, number = Failing(), first, first
    while number <= count:
        count, row = fail(bench, failing, number, turn)
        yield row
        # a run that fails at once does not tell how many there would be
        count = max(count, number + step) if row["code"] else count
        number, turn = number + step, turn + 1


def fail_kinds(bench: Bench, each: int) -> Iterator[dict[str, object]]:
    """For each kind of thing that can fail, as many renders, spread over all there are of it."""
    failing, turn = Failing(), 0
    for kind in KINDS:
        bench.fresh()
        failing.set(0, 0, 0, kind)
        assert bench.render()[0] == 0, bench.log.read_text()
        count, _ = failing.clear()
        for part in range(each):
            number = 1 + (2 * part + 1) * count // (2 * each)
            yield fail(bench, failing, number, turn, kind)[1]
            turn += 1


def fail(
    bench: Bench, failing: Failing, number: int, turn: int, kind: str = ""
) -> tuple[int, dict[str, object]]:
    """One render in which the thing of that number fails: how many there were, and its row."""
    lasting, older, error = turn % 2, turn // 2 % 2, ERRORS[turn % 3]
    project = bench.fresh(bool(older))
    failing.set(number, 1 << 60 if lasting else number, error, kind)
    code, said = bench.render()
    count, what = failing.clear()
    what = what.replace(str(bench.folder), "")
    how = f"{errno.errorcode[error]}{' for good' if lasting else ''}{' older' if older else ''}"
    wrong = bench.judged(project, code, said)
    row = {"number": number, "what": what, "how": how, "code": code, "wrong": wrong}
    return count, {**row, "said": said[-1000:]}


def fill_each(bench: Bench, count: int) -> Iterator[dict[str, object]]:
    """One render for each size of disk, from nothing beside the sources to just enough."""
    options = ["-t", "tmpfs", "-o", "size=256m"]
    subprocess.run(["mount", *options, "tmpfs", bench.folder], check=True)

    def used() -> int:
        disk = os.statvfs(bench.folder)
        return (disk.f_blocks - disk.f_bfree) * disk.f_frsize

    def resize(size: int) -> None:
        option = f"remount,size={size}"
        subprocess.run(["mount", "-o", option, bench.folder], check=True)

    bench.fresh()
    sources = used()
    assert bench.render()[0] == 0, bench.log.read_text()
    # texts of pictures and the film itself are there twice for a while, and so is its mix
    enough = 4 * (used() - sources)
    for turn in range(count):
        project, room = bench.fresh(), enough * turn // (count - 1)
        resize(used() + room)
        code, said = bench.render()
        resize(256 << 20)
        wrong = bench.judged(project, code, said)
        yield {
            "number": room,
            "what": "",
            "how": "",
            "code": code,
            "wrong": wrong,
            "said": said[-1000:],
        }


def run() -> None:
    kind, folder, log = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    told = os.fdopen(os.dup(1), "w")
    with log.open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    each = {"writes": fail_each, "kinds": fail_kinds, "disks": fill_each}[kind]
    for row in each(Bench(folder, log), *map(int, sys.argv[4:])):
        print(json.dumps(row), file=told, flush=True)


# --- begun from a test ---


def no_writes() -> str:
    """Why nothing can be made to fail here; empty if it can."""
    if sys.platform != "linux" or not shutil.which("gcc"):
        return "making writes fail needs Linux and gcc"
    return ""


def no_disks() -> str:
    """Why there can be no small disk here; empty if there can."""
    if sys.platform != "linux" or not shutil.which("unshare"):
        return "a small disk needs Linux and unshare"
    mount = [*UNSHARE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    done = subprocess.run(mount, capture_output=True, text=True)
    return f"a small disk cannot be mounted here: {done.stderr}" if done.returncode else ""


UNSHARE = ("unshare", "-m") if os.geteuid() == 0 else ("unshare", "-Urm")


def rows(kind: str, folder: Path, *how: int) -> Iterator[dict[str, Any]]:
    """The rows that this program prints, as they come; `folder` is for its work."""
    env, command = dict(os.environ), [sys.executable, __file__, kind, str(folder / "project")]
    if kind in ("writes", "kinds"):
        library, control = folder / "failing.so", folder / "control"
        source = Path(__file__).with_name("failing.c")
        build = ["gcc", "-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"]
        subprocess.run(build, check=True)
        control.write_bytes(bytes(2 * Failing.FORM.size))
        env |= {"FAILING_CONTROL": str(control), "FAILING_FOLDER": str(folder / "project")}
        env["LD_PRELOAD"] = str(library)
    else:
        command[:0] = UNSHARE
    command += [str(folder / "log"), *map(str, how)]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        yield from map(json.loads, running.stdout)
    assert running.returncode == 0, (folder / "log").read_text()[-2000:]


if __name__ == "__main__":
    run()
