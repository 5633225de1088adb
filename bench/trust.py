"""How a film's maker takes what goes wrong, or is meant to: tries it all, and counts.

    python bench/trust.py [--examples N] [--rounds N] [--turns N] [--kills N] [--only WORD]
                          [--write]

Prints Markdown tables; with --write each goes into bench/TRUST.md as it is done. All take half an
hour on two cores.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from faults import disks, films, places, signals, writes

from damage import DAMAGES, FILM, ORDERS, at_once, note_of, outputs, parts, swap
from explainer.cli import main as render
from hostile import INJECTIONS, paths
from project import ROOT, Project

INTRO = """\
# What is tried to break it

`python bench/trust.py --write` renews these tables. *Survived* means: refused in words that say
where, what and what to do, or done right (the film's bytes are those of an undisturbed run); never
a traceback, a wrong film, another file touched, nor more memory than 200 MB or more CPU time than
480 readings of a small script for one that is damaged. Of faults of a film it means that `verify`
found them; of a render that is disturbed, that its files are the older ones or complete new ones,
that no process or unfinished file is left, and that the next render needs no cleaning, reuses what
was kept and gives the right bytes. The suite runs a short form of each.

"""


@dataclass(frozen=True)
class Row:
    kind: str
    tried: int
    survived: int
    note: str = ""

    def __str__(self) -> str:
        lost = self.tried - self.survived
        return f"| {self.kind} | {self.tried:,} | {self.survived:,} | {lost:,} | {self.note} |"


# --- what the suite tries ---


def suite(selection: list[str], examples: int = 0) -> list[tuple[str, bool]]:
    """Each test of a part of the suite, and whether it passed."""
    env = {**os.environ, "EXPLAINER_EXAMPLES": str(examples)} if examples else dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        command += ["-o", "timeout=0", f"--junitxml={report}", *selection]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
        cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    if done.returncode:
        print(done.stdout[-4000:], file=sys.stderr)
    return [
        (case.get("name", ""), not {"failure", "error"} & {child.tag for child in case})
        for case in cases
        if case.find("skipped") is None
    ]


def counted(kind: str, selection: list[str], each: int = 1, examples: int = 0) -> Row:
    begun = time.monotonic()
    found = suite(selection, examples)
    passed = sum(ok for _, ok in found)
    note = f"{time.monotonic() - begun:.0f} s" if found else ""
    return Row(kind, each * len(found), each * passed, note)


def fuzzed(kind: str, test: str, examples: int) -> Row:
    row = counted(kind, [test], examples, examples)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    return Row(
        row.kind, row.tried, row.survived, f"{row.note}; the process had {memory} MB at most"
    )


def hostile(examples: int) -> Iterator[Row]:
    scripts, files = (
        "tests/robustness/test_hostile_scripts.py",
        "tests/robustness/test_hostile_files.py",
    )
    texts, faults = "tests/robustness/test_injections.py", "tests/robustness/test_faults.py"
    yield fuzzed(
        "damaged scripts", f"{scripts}::test_a_damaged_script_loads_or_is_refused", examples
    )
    test = f"{scripts}::test_a_damaged_translation_loads_or_is_refused"
    yield fuzzed("damaged translations", test, examples)
    test = f"{scripts}::test_a_damaged_scene_is_parsed_or_refused"
    yield fuzzed("damaged scene sources", test, examples // 4)
    test = f"{faults}::test_a_damaged_record_is_a_timeline_or_refused"
    yield fuzzed("damaged timeline.json", test, examples // 4)
    yield counted("scripts at the limit of size, of every costly shape", [scripts, "-k", "large"])
    with tempfile.TemporaryDirectory() as folder:
        names = len(paths(Project(Path(folder) / "project")))
    what = "test_no_name_of_an_asset or such_an_asset or test_no_recording"
    # as music, as a part of the page, in a script as either, as a recording
    row = counted("path attacks on assets, parts and recordings", [files, "-k", what])
    right = row.survived == row.tried == 3
    yield Row(row.kind, 5 * names, 5 * names if right else 0, f"{names} names in five places")
    yield counted("sounds and archives that lie of their size", [files, "-k", "lies or memory"])
    yield counted("films that lie of theirs", [faults, "-k", "lies or boxes or day or no_file"])
    yield counted("lists of other files in place of a film", [texts, "-k", "list_of_other"])
    test = "test_metadata_chapters_and_captions"
    yield counted("texts in metadata, chapters and captions of every form", [texts, "-k", test], 3)
    test = "test_a_burnt_in_caption"
    yield counted("texts in burnt-in captions", [texts, "-k", test])
    row = counted("", [texts, "-k", "test_a_label_is_drawn"])
    ascii_texts = sum(text.isascii() for text in INJECTIONS)
    yield Row("texts in labels of the picture", ascii_texts, ascii_texts * row.survived, row.note)
    row = counted("", [texts, "-k", "test_a_voice_speaks"], len(INJECTIONS), 1)
    yield Row("texts to espeak and flite", row.tried, row.survived, row.note)
    yield counted(
        "texts to every voice", ["tests/voices/test_contract.py", "-k", "option or obeyed"]
    )
    yield counted("texts in a lexicon", [texts, "-k", "lexicon"])
    yield counted("file names to ffmpeg and PyAV", [texts, "-k", "called_anything"])
    test = "argument_that or named_plainly or tag_and_never or may_be_called"
    yield counted("names, languages and arguments", [texts, scripts, "-k", test])
    yield counted(
        "what a terminal would obey", [texts, scripts, "-k", "terminal or cannot_be_seen"]
    )
    yield counted("environments that lack something", ["tests/robustness/test_environments.py"])


# --- everywhere ---


def everywhere() -> Iterator[Row]:
    """What the suite tries in some pairs only, of a language and an aspect or the like."""
    scenes = ["--whole", "tests/render/test_scenes.py", "-k"]
    page = ["--whole", "tests/browser/test_page_in_browser.py", "-k", "axe"]
    yield counted("the page by axe-core, in each state, direction, scheme and width", page)
    yield counted("labels of the film, in each language and aspect", [*scenes, "laid_out"])
    yield counted("a scene's begin after the last one's end, in each aspect", [*scenes, "entered"])


# --- the cache ---


def quietly(order: tuple[str, ...]) -> tuple[int, str]:
    said = io.StringIO()
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
        code = render([*order])
    return code, said.getvalue()


def damaged() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as inside:
        project = Project(Path(folder) / "project")
        inside.enter_context(contextlib.chdir(project.folder))
        quietly(FILM)
        before, kept = outputs(project), parts(project)
        for kind, paths in kept.items():
            tried = survived = 0
            for path in paths:
                for victim in (path, note_of(path)):
                    for change in DAMAGES.values():
                        victim.write_bytes(change(victim.read_bytes()))
                        unread(kind, project)
                        tried += 1
                        code, said = quietly(FILM)
                        right = code == 0 and outputs(project) == before
                        survived += right and said.count("is damaged; making it again") == 1
            for pairs in swaps(kept, kind):
                for one, other in pairs:
                    swap(one, other)
                unread(kind, project)
                tried += 1
                code, said = quietly(FILM)
                right = code == 0 and outputs(project) == before
                survived += right and "is damaged; making it again" in said
            yield Row(f"kept parts damaged: {kind}", tried, survived, "file and note, each way")


def unread(kind: str, project: Project) -> None:
    """Remove what is read in a part's place: a sheet for its stills, a mix for its lines."""
    instead = {"still": "sheet", "line": "sound"}.get(kind, "")
    for part in parts(project).get(instead, ()):
        part.unlink()
        note_of(part).unlink()


def swaps(kept: dict[str, list[Path]], kind: str) -> Iterator[list[tuple[Path, Path]]]:
    """Parts in each other's place: the files, the notes, and both."""
    one = kept[kind][0]
    # a line's own sound is not read while there is a mix of it
    read = [path for name, paths in kept.items() if name != "line" for path in paths]
    other = (kept[kind][1:] or read)[0]
    yield [(one, other)]
    yield [(note_of(one), note_of(other))]
    yield [(one, other), (note_of(one), note_of(other))]


def together(rounds: int) -> Iterator[Row]:
    chance, tried, survived, said_locked = random.Random(1), 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        alone = Project(Path(folder) / "alone")
        with contextlib.chdir(alone.folder):
            for order in ORDERS:
                assert quietly(order)[0] == 0
        right = outputs(alone)
        for number in range(rounds):
            project = Project(Path(folder) / f"round{number}")
            count = 2 + number % 7
            orders = [FILM, *(chance.choice(ORDERS) for _ in range(count - 1))]
            for code, said in at_once(project, orders):
                locked = bool(re.search(r"locked by process \d+", said))
                said_locked += locked
                tried += 1
                survived += code == 0 or locked
            wrong = [name for name, sha in outputs(project).items() if right[name] != sha]
            survived -= len(wrong)
    what = f"commands at once in one folder, two to eight, {rounds} times"
    yield Row(what, tried, survived, f"{said_locked} said that it is locked")


# --- honest checks ---


def test_files(names: Sequence[str]) -> list[str]:
    """The test files of these names, wherever they lie below `tests/`."""
    found = {file.stem: str(file) for file in (ROOT / "tests").rglob("test_*.py")}
    return [found[name] for name in names]


def faults() -> Iterator[Row]:
    """Seeded faults, by the row of the film's measures that must find them or by what has them."""
    files = ["test_verify", "test_faults", "test_colours_of_a_film", "test_flashes"]
    files += ["test_labels", "test_captions", "test_languages"]
    code = """
import json, sys, pytest
from collections import Counter
class Count:
    rows, tried, found = {}, Counter(), Counter()
    def pytest_collection_modifyitems(self, items):
        self.rows = {i.nodeid: m.args[0] for i in items if (m := i.get_closest_marker("fault"))}
    def pytest_runtest_logreport(self, report):
        if report.nodeid in self.rows and (report.when == "call" or report.failed):
            self.tried[self.rows[report.nodeid]] += 1
            self.found[self.rows[report.nodeid]] += report.passed
count = Count()
pytest.main(["-q", "-m", "fault", "-p", "no:cacheprovider", *sys.argv[1:]], plugins=[count])
print("\\n" + json.dumps([count.tried, count.found]))
"""
    command = [sys.executable, "-c", code, *test_files(files)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    tried, found = (Counter(each) for each in json.loads(done.stdout.splitlines()[-1]))
    for row in tried:
        yield Row(f"`verify`, faults of a film: {row}", tried[row], found[row], "found")
    what = "test_a_good_film or without_damage or was_drawn or is_no_fault or what_they_must"
    selection = test_files(files)
    row = counted("`verify`, good films", [*selection, "-k", what])
    yield Row(row.kind, row.tried, row.survived, "no fault found")
    yield from (Row(*count) for count in films())


def undone(options: argparse.Namespace) -> Iterator[Row]:
    """Renders that something fails beneath, or ends."""
    tried = writes(options.turns), disks(20), signals(options.kills, options.kills // 5), places()
    return (Row(*count) for each in tried for count in each)


def sections(options: argparse.Namespace) -> dict[str, Callable[[], Iterator[Row]]]:
    """The tables by their headings."""
    return {
        "Scripts, files and texts that mean harm": lambda: hostile(options.examples),
        "Writes that fail, and renders that are ended": lambda: undone(options),
        "What is kept, damaged or used by many": lambda: chain(damaged(), together(options.rounds)),
        "Films that `verify` judges": faults,
        "What the suite tries in part": everywhere,
    }


HEAD = "| kind of fault | tried | survived | lost | |\n| --- | --: | --: | --: | --- |"


def renew(heading: str, table: str) -> None:
    """Put a table into bench/TRUST.md in place of the one under its heading."""
    path = ROOT / "bench" / "TRUST.md"
    there = dict(
        re.findall(r"^## (.+)\n\n((?:(?!## ).*\n?)*)", path.read_text("utf-8"), re.MULTILINE)
    )
    there[heading] = table
    known = [name for name in sections(argparse.Namespace()) if name in there]
    text = "\n\n".join(f"## {name}\n\n{there[name].strip()}" for name in known)
    path.write_text(f"{INTRO}{text}\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument(
        "--only", default="", help="a word of the heading of the only table to make"
    )
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    counts = f"--examples {options.examples} --rounds {options.rounds}"
    counts += f" --turns {options.turns} --kills {options.kills}"
    lost = []
    for heading, tried in sections(options).items():
        if options.only.lower() not in heading.lower():
            continue
        print(f"\n## {heading}\n\n{HEAD}", flush=True)
        rows = []
        for row in tried():
            rows.append(str(row))
            print(row, flush=True)
            # nothing tried proves nothing, unless it says why
            lost += [row] * (row.tried != row.survived or not (row.tried or row.note))
        if options.write:
            run = f"Run on {date.today():%d %B %Y} with `{counts}`, on two shared cores."
            renew(heading, "\n".join([run, "", HEAD, *rows]))
    sys.exit(bool(lost))


if __name__ == "__main__":
    main()
