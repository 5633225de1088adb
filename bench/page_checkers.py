"""A film's page before checkers of others: a film in, a table of what they find out.

    python bench/page_checkers.py build/her2.mp4 [--packages FOLDER] [--write]

Each view, in each look, is checked by axe-core and by IBM's accessibility-checker-engine; the file
by html-validate; the page from a server by Lighthouse. Those of npm are installed into FOLDER, or
into a folder for this run alone. Needs node, npm and Chromium; Lighthouse wants a machine that does
nothing else. `--write` renews bench/PAGE_CHECKERS.md.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import axe_playwright_python
from browsers import AXE, AXE_OPTIONS, FORCED_OPTIONS, LOOKS, chromium, viewing

from explainer.export.page.sprite_sheet import last_frames
from explainer.timeline.json import load_for_film
from explainer.timeline.model import Timeline
from film_server import film_server
from viewing import AnyReader

TABLE = Path(__file__).with_name("PAGE_CHECKERS.md")
PACKAGES = ("accessibility-checker-engine", "html-validate", "lighthouse")
SIZES = ((1280, 800), (390, 844))
"""Windows, width and height, of a laptop and of a phone."""
IBM = """new ace.Checker().check(document, ['IBM_Accessibility']).then(({ results }) => results
    .filter(({ value }) => value[0] === 'VIOLATION' && value[1] !== 'PASS')
    .map(({ ruleId, value, path }) => [value[1], ruleId, path.dom]))"""
POTENTIAL = "IBM, potential"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
DEVICES = {"desktop": ["--preset=desktop"], "phone": ["--form-factor=mobile"]}
RUNS = 3
"""Visits of Lighthouse, of whose scores the middle one counts."""


def views(clock: Timeline) -> dict[str, tuple[str, str, str]]:
    """What a reader may see of a film's page, by name.

    Each has the end of the page's address, what is done there, and what is true once it is seen.
    """
    near_end = f"video.currentTime = {last_frames(clock)[-1] / clock.fps - 0.2}, video.play()"
    found = {
        "play": ("#play", "", "true"),
        "settings": ("#play", "one('.settings').click()", "!one('#settings').hidden"),
        "help": ("#play", "one('.help-open').click()", "one('dialog').open"),
        "end": ("#play", near_end, "video.ended && !one('.end').hidden"),
        "film missing": ("#play", "video.src = 'none.mp4'", "!one('.trouble').hidden"),
        "step": ("#step", "", "true"),
        "read": ("#read", "", "true"),
        "embedded": ("?embed", "", "true"),
    }
    if clock.page_info.explore:
        found["explore"] = ("#explore", "", "one('#explore .part *')")
    asked = clock.page_info.questions
    answer = "all('{0} li:first-child input, {0} .primary').forEach((each) => each.click())"
    if any(not question.after for question in asked):
        found["questions"] = ("#questions", "", "one('.cards input')")
        answered = "one('#questions .seen')"
        found["answers"] = ("#questions", answer.format("#questions"), answered)
    stops = [question.after for question in asked if question.after]
    if stops:
        found["question at a line"] = (f"#{stops[0]}", "", "one('.stop input')")
        tried = "one('.stop .seen') || one('.stop .part *')"
        found["trial at a line"] = (f"#{stops[0]}", answer.format(".stop"), tried)
    return found


def findings(reader: AnyReader, look: str) -> Iterator[tuple[str, str]]:
    """What the checkers find out of what is seen, each as the checker's name and its rule's."""
    options = FORCED_OPTIONS if look == "forced colours" else AXE_OPTIONS
    yield from (("axe-core", name) for name in reader.run(AXE, options))
    for kind, rule, place in reader.run(IBM):
        if kind == "FAIL":
            print(f"    {rule}: {place}", flush=True)
        yield ("IBM" if kind == "FAIL" else POTENTIAL), rule


def rows_of_views(film: Path, packages: Path) -> Iterator[str]:
    """A row for each view, with what is found in each look, and what IBM's is not sure of."""
    clock = load_for_film(film)[0]
    page = film.with_suffix(".html")
    axe = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
    ibm = (packages / "node_modules" / PACKAGES[0] / "ace.js").read_text("utf-8")
    yield "| view | " + " | ".join(LOOKS) + " |"
    yield "| --- |" + " --- |" * len(LOOKS)
    found: dict[tuple[str, str], Counter[str]] = {}
    potential: Counter[str] = Counter()
    for look in LOOKS:
        with chromium(look) as (_, visit):
            for name, (end, act, awaited) in views(clock).items():
                counts = found.setdefault((name, look), Counter())
                for size in SIZES:
                    reader = visit(page, size, end, "video.readyState >= 2")
                    if act:
                        reader.run(f"void ({act})")
                    reader.wait(awaited)
                    reader.run(f"(() => {{ {axe} }})()")
                    reader.run(f"(() => {{ {ibm}; globalThis.ace = ace; }})()")
                    print(f"{name}, {look}, {size}", flush=True)
                    for checker, rule in findings(reader, look):
                        if checker == POTENTIAL:
                            potential[rule] += 1
                        else:
                            counts[f"{checker}: {rule}"] += 1
                    reader.close()
    for name in views(clock):
        cells = (said(found[name, look]) for look in LOOKS)
        yield f"| {name} | {' | '.join(cells)} |"
    yield ""
    yield f"What IBM's leaves to people to judge, in all views and looks: {said(potential)}."


def said(counts: Counter[str]) -> str:
    """Findings with how often each was made, in words."""
    return "; ".join(f"{rule} ×{count}" for rule, count in sorted(counts.items())) or "✓"


def markup_row(film: Path, packages: Path) -> str:
    """What html-validate finds in the page's file."""
    program = packages / "node_modules" / ".bin" / "html-validate"
    report = packages / "html-validate.json"
    # into a file, since it ends before a pipe has taken all of it
    command = [program, "--preset", "recommended", "--formatter", f"json={report}"]
    # from the folder of the packages, where no configuration of others is found
    subprocess.run([*command, film.with_suffix(".html")], cwd=packages, check=False)
    files = json.loads(report.read_text("utf-8"))
    messages = [each for file in files for each in file["messages"]]
    for each in messages:
        print(f"    html-validate: {each['line']}: {each['ruleId']}: {each['message']}", flush=True)
    return f"html-validate, recommended rules: {said(Counter(each['ruleId'] for each in messages))}"


def rows_of_lighthouse(film: Path, packages: Path) -> Iterator[str]:
    """A row for each kind of device, with the middle of the scores of some visits."""
    program = packages / "node_modules" / ".bin" / "lighthouse"
    flags = "--headless=new --no-sandbox --disable-gpu"
    command = [program, "--quiet", "--output=json", f"--chrome-flags={flags}"]
    command.append(f"--only-categories={','.join(CATEGORIES)}")
    setting = {**os.environ, "CHROME_PATH": viewing.executable()}
    yield "| Lighthouse | " + " | ".join(CATEGORIES) + " |"
    yield "| --- |" + " --- |" * len(CATEGORIES)
    for device, options in DEVICES.items():
        reports: list[dict[str, Any]] = []
        for _ in range(RUNS):
            with film_server(film.parent) as server:
                server.packs = True
                address = server.address(film.with_suffix(".html").name)
                done = subprocess.run(
                    [*command, *options, address],
                    env=setting,
                    check=True,
                    capture_output=True,
                )
            reports.append(json.loads(done.stdout))
            lost = [a for a in reports[-1]["audits"].values() if (a["score"] or 1) < 0.9]
            for audit in lost:
                value = audit.get("displayValue", "")
                print(f"    {device}: {audit['id']} {audit['score']} {value}", flush=True)
        cells = []
        for category in CATEGORIES:
            scores = [100 * report["categories"][category]["score"] for report in reports]
            cells.append(f"{statistics.median(scores):.0f}")
        yield f"| {device} | {' | '.join(cells)} |"


def install(packages: Path) -> str:
    """Install what of npm is not in the folder yet; returns names and versions."""
    folder = packages / "node_modules"
    if not all((folder / name).is_dir() for name in PACKAGES):
        command = ["npm", "install", "--prefix", packages, "--no-save", "--no-package-lock"]
        subprocess.run([*command, "--no-audit", "--no-fund", *PACKAGES], check=True)
    notes = [json.loads((folder / name / "package.json").read_text()) for name in PACKAGES]
    return ", ".join(f"{note['name']} {note['version']}" for note in notes)


def main() -> None:
    """Check the page beside a film."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("film", type=Path)
    parser.add_argument("--packages", type=Path, help="where packages of npm lie, or shall lie")
    parser.add_argument("--write", action="store_true", help="renew bench/PAGE_CHECKERS.md")
    args = parser.parse_args()
    film = args.film.resolve()
    with tempfile.TemporaryDirectory() as temporary:
        packages = (args.packages or Path(temporary)).resolve()
        versions = install(packages)
        rows = [*rows_of_views(film, packages), "", markup_row(film, packages), ""]
        rows += rows_of_lighthouse(film, packages)
    print("\n".join(rows))
    head = [
        "# The page before checkers of others",
        "",
        f"`python bench/page_checkers.py`, {date.today()}, the page of {film.name}, by axe-core,",
        f"{versions}.",
        "The server of Lighthouse's visits compresses the page, as servers of sites do.",
        "Each view was seen in each look, in windows of 1280×800 and 390×844; ✓: no violation.",
        "In colours that readers force, axe-core is not asked for contrast, as it takes the page's",
        "colours for those that are seen.",
        "",
    ]
    if args.write:
        TABLE.write_text("\n".join([*head, *rows, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
