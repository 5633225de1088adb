"""A folder for a new film, which is written whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from explainer.cache.tempfiles import process_token
from explainer.cli.schema import SCHEMA, TRANSLATION_SCHEMA, script_schema, translation_schema
from explainer.errors import ScriptError
from explainer.script.field_reader import NAME_REMEDY, PLAIN_NAME


def require_new(folder: Path) -> str:
    """See that a film may begin in a folder; gives the film's name, which is the folder's.

    Raises:
        ScriptError: if a film cannot be called so, or something is there.
    """
    name = folder.resolve().name
    if not PLAIN_NAME.match(name):
        raise ScriptError.of(f"a film cannot be called “{name}”", NAME_REMEDY)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        what = f"{folder} is there already, and nothing of it is written over"
        raise ScriptError.of(what, "choose another name, or an empty folder")
    return name


@contextmanager
def written_whole(folder: Path) -> Iterator[Path]:
    """A folder beside the one that is wanted, which takes its place once all is well."""
    lacking = [parent for parent in folder.resolve().parents if not parent.exists()]
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = folder.resolve().with_name(f".{folder.resolve().name}-{process_token()}")
    made.mkdir()
    try:
        yield made
        if folder.exists():  # somebody may be in it
            for path in made.iterdir():
                path.replace(folder / path.name)
            made.rmdir()
        else:
            made.replace(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        for parent in lacking:
            with suppress(OSError):  # somebody else may use it by now
                parent.rmdir()
        raise


def write_schemas(folder: Path) -> None:
    """Write the schemas of scripts and translations beside a script."""
    for name, made in ((SCHEMA, script_schema()), (TRANSLATION_SCHEMA, translation_schema())):
        rows = json.dumps(made, ensure_ascii=False, indent=1)
        (folder / name).write_text(rows + "\n", encoding="utf-8")
