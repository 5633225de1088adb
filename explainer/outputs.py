"""Where the files of a film go, so that they replace nothing but older files of the same film.

Each output begins with its film's name, so that films of one folder share none.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from explainer.cache.ledger import Ledger, refuse_link
from explainer.captions.formats.registry import FORMATS
from explainer.errors import ExplainerError, ScriptError
from explainer.frame_format import SMALL_MARK
from explainer.script.loader import load
from explainer.script.model import Script
from explainer.timeline import described
from explainer.timeline.json import from_json, load_for_film

ROOT = "build"
DRAFTS = "draft"
RECORD_SUFFIX = ".timeline.json"
FILM_SUFFIXES = (".mp4", ".signatures", ".png", ".html")
"""What a film's files end in, besides those in each of its languages: captions and timelines."""
SMALL_SUFFIXES = (f"{SMALL_MARK}.mp4", f"{SMALL_MARK}.signatures")
"""What those of its smaller copy end in."""


def output_dir(script: Script, draft: bool = False) -> Path:
    """The folder of a script's films; drafts have one of their own."""
    return films_folder(script.folder, draft)


def films_folder(folder: Path, draft: bool = False) -> Path:
    """Where the films of the scripts in a folder lie."""
    root = folder / ROOT
    return root / DRAFTS if draft else root


def claim(script: Script, out: Path, *languages: str) -> None:
    """Make sure that a file, or a film with what lies beside it, may be written, and list it.

    Of a film in several `languages`, captions and timelines have the language in their names.

    Raises:
        ScriptError: if there is something that is not this program's, or of another script.
        EnvironmentProblem: if a folder on the way is a link.
        OSError: if the folder cannot be written.
    """
    ledger = _open_ledger(script)
    ledger.check(out)
    if out.suffix == ".mp4":
        marks = [f".{language}" for language in languages] if len(languages) > 1 else [""]
        of_languages = [mark + suffix for mark in marks for suffix in (*FORMATS, RECORD_SUFFIX)]
        for suffix in (*FILM_SUFFIXES, *SMALL_SUFFIXES, *of_languages):
            ledger.check(out.with_name(out.stem + suffix))
    refuse_other_script(script, out)
    ledger.give(out, script.path.name)


def small_film(film: Path) -> Path:
    """Where the smaller copy of a film lies."""
    return film.with_name(film.stem + SMALL_SUFFIXES[0])


def described_film(film: Path) -> Path:
    """Where a film with descriptions lies, beside the one without."""
    return film.with_stem(film.stem + described.MARK)


def remove_small_film(film: Path) -> None:
    """Remove the smaller copy of an older film, as far as it is ours and as it was made."""
    ledger = Ledger.of(film)
    if ledger:
        paths = [film.with_name(film.stem + suffix) for suffix in SMALL_SUFFIXES]
        ledger.remove(*(path.relative_to(ledger.root).as_posix() for path in paths))


def refuse_other_script(script: Script, out: Path) -> None:
    """Make sure that a file was not made of another script whose film has this name, too.

    Raises:
        ScriptError: if it was.
    """
    if not out.exists():
        return
    makers = {_open_ledger(script).script_of(out)}
    if out.suffix == ".mp4":
        with suppress(ScriptError):
            makers |= {timeline.script for timeline in load_for_film(out)}
    for other in makers - {"", script.path.name}:
        path = script.folder / other
        try:
            name = load(path, check_scenes=False).name if path.is_file() else ""
        except ExplainerError:
            continue
        # the other script may have been renamed since it made the file
        if name and re.match(rf"{re.escape(name)}(?![a-z0-9])", out.name):
            called = f"which has the same name, “{name}”" if name == script.name else f"“{name}”"
            what = f"{out} is {'the film ' if out.suffix == '.mp4' else ''}of {other}, {called}"
            remedy = f"give one of them another name: name: {script.name}-2"
            raise ScriptError.of(what, remedy)


def _open_ledger(script: Script) -> Ledger:
    """The list of what was written for the scripts of a folder."""
    root = script.folder / ROOT
    refuse_link(root)
    is_new = root.is_dir() and not Ledger.is_in(root)
    ledger = Ledger.own(root)
    if is_new:
        _list_older_films(root, ledger)
    return ledger


def _list_older_films(root: Path, ledger: Ledger) -> None:
    """List the films of versions that kept no list; their timelines say which they are."""
    for file in [*root.glob("timeline.json"), *root.glob(f"*{RECORD_SUFFIX}")]:
        with suppress(ScriptError, OSError):
            timeline = from_json(file.read_text(encoding="utf-8"))
            ledger.done(file)
            stem = file.name.removesuffix("timeline.json").rstrip(".") or timeline.name
            stems = [stem]
            # the timeline name.en+es.en.timeline.json lies beside the film name.en+es.mp4
            film, _, language = stem.rpartition(".")
            if language in film.rpartition(".")[2].split("+"):
                stems.append(film)
            for name in (stem + suffix for stem in stems for suffix in (*FORMATS, *FILM_SUFFIXES)):
                with suppress(OSError):
                    ledger.done(root / name)
