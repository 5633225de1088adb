"""Where what is made of a script goes, and that it takes the place of nothing else.

Each output carries its film's name, so that films in one folder share none.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from explainer.cache.ledger import Ledger, refuse_link
from explainer.captions.formats.registry import FORMATS
from explainer.errors import ExplainerError, ScriptError
from explainer.script.loader import load
from explainer.script.model import Script
from explainer.timeline.json import from_json, load_for_film

ROOT = "build"
DRAFTS = "draft"
_ENDS = (".mp4", ".signatures", ".png", ".html")
"""What a film's files end in, besides its captions and records."""


def folder(script: Script, draft: bool = False) -> Path:
    """Where films go; drafts have a folder of their own."""
    root = script.folder / ROOT
    return root / DRAFTS if draft else root


def claim(script: Script, out: Path, *languages: str) -> None:
    """See that a new file, or a film with what lies beside it, may be written here, and say so.

    Of a film in several `languages`, captions and records are called by them too.

    Raises:
        ScriptError: if there is something that is not this program's, or of another script.
        EnvironmentProblem: if a folder on the way is a link.
        OSError: if the folder cannot be written.
    """
    ledger = _listed(script)
    ledger.check(out)
    marks = [f".{language}" for language in languages] if len(languages) > 1 else [""]
    told = [mark + end for mark in marks for end in (*FORMATS, ".timeline.json")]
    for end in (*_ENDS, *told) if out.suffix == ".mp4" else ():
        ledger.check(out.with_name(out.stem + end))
    refuse_another(script, out)
    ledger.give(out, script.path.name)


def refuse_another(script: Script, out: Path) -> None:
    """See that a file is not that of another script, which has such a name too.

    Raises:
        ScriptError: if it is.
    """
    if not out.exists():
        return
    others = {_listed(script).script_of(out)}
    with suppress(ScriptError):
        others |= {clock.script for clock in load_for_film(out)} if out.suffix == ".mp4" else set()
    for other in others - {"", script.path.name}:
        path = script.folder / other
        try:
            name = load(path, check_scenes=False).name if path.is_file() else ""
        except ExplainerError:
            continue
        # it may have got another name since then
        if name and re.match(rf"{re.escape(name)}(?![a-z0-9])", out.name):
            called = f"which has the same name, “{name}”" if name == script.name else f"“{name}”"
            what = f"{out} is {'the film ' if out.suffix == '.mp4' else ''}of {other}, {called}"
            remedy = f"give one of them another name: name: {script.name}-2"
            raise ScriptError.of(what, remedy)


def _listed(script: Script) -> Ledger:
    """The list of what was written for the scripts of a folder; films without one are listed."""
    root = script.folder / ROOT
    refuse_link(root)
    fresh = root.is_dir() and not Ledger.is_in(root)
    ledger = Ledger.own(root)
    if fresh:
        _adopt(root, ledger)
    return ledger


def _adopt(root: Path, ledger: Ledger) -> None:
    """List the films of an older version, which kept no list; their records tell them."""
    for file in [*root.glob("timeline.json"), *root.glob("*.timeline.json")]:
        with suppress(ScriptError, OSError):
            clock = from_json(file.read_text(encoding="utf-8"))
            ledger.done(file)
            stem = file.name.removesuffix("timeline.json").rstrip(".") or clock.name
            film, _, language = stem.rpartition(".")  # name.en+es.en beside name.en+es.mp4
            stems = (stem, film) if language in film.rpartition(".")[2].split("+") else (stem,)
            for name in (one + end for one in stems for end in (*FORMATS, *_ENDS)):
                with suppress(OSError):
                    ledger.done(root / name)
