"""Where what is made of a script goes, and that it takes the place of nothing else.

Each output carries its film's name, so that films in one folder share none.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from explainer.cache.ledger import Ledger, refuse_link
from explainer.errors import ExplainerError, ScriptError
from explainer.script import Script, load
from explainer.timeline import Timeline, record

ROOT = "build"
DRAFTS = "draft"


def folder(script: Script, draft: bool = False) -> Path:
    """Where films go; drafts have a folder of their own."""
    root = script.folder / ROOT
    return root / DRAFTS if draft else root


def claim(script: Script, out: Path) -> None:
    """See that a new file, or a film with what lies beside it, may be written here.

    Raises:
        ScriptError: if there is something that is not this program's, or another script's film.
        OSError: if the folder cannot be written.
    """
    root = script.folder / ROOT
    refuse_link(out.parent)
    fresh = root.is_dir() and Ledger.of(root / "any") is None
    ledger = Ledger.own(root)
    if fresh:
        _adopt(root, ledger)
    ledger.check(out)
    clocks: list[Timeline] = []
    with suppress(ScriptError):
        clocks = record.beside(out)
    for clock in clocks:
        _refuse_another(script, out, clock.script)


def _adopt(root: Path, ledger: Ledger) -> None:
    """List the films of an older version, which kept no list; their records tell them."""
    for file in [*root.glob("timeline.json"), *root.glob("*.timeline.json")]:
        with suppress(ScriptError, OSError):
            clock = record.from_json(file.read_text(encoding="utf-8"))
            ledger.done(file)
            for beside in root.glob("*"):
                if beside.name.startswith(f"{clock.name}.") and beside.is_file():
                    ledger.done(beside)


def _refuse_another(script: Script, out: Path, other: str) -> None:
    """See that a film is not that of another script of the same name.

    Raises:
        ScriptError: if it is.
    """
    path = script.folder / other
    if other in ("", script.path.name) or not path.is_file():
        return
    try:
        same = load(path, drawn=False).name == script.name
    except ExplainerError:
        return
    if same:
        raise ScriptError.of(
            f"{out} is the film of {other}, which has the same name, “{script.name}”",
            f"give one of them another name: name: {script.name}-2",
        )
