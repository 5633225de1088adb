"""The beginning of a translation, with all that is to be translated in its place."""

from __future__ import annotations

from pathlib import Path

from explainer.cache.files import create_file
from explainer.cli.arguments import Options
from explainer.cli.output import CommandResult, echo
from explainer.cli.schema import MODELINE, TRANSLATION_SCHEMA
from explainer.errors import ScriptError, command
from explainer.script.field_reader import require_language_tag
from explainer.script.loader import load
from explainer.script.translation_draft import texts, translation_draft
from explainer.script.yaml_document import shown_path


def run(options: Options) -> CommandResult:
    """Write `script.TAG.yaml` beside the script, unless it is there."""
    tag = options.tag
    require_language_tag(tag)
    script = load(options.script, check_scenes=False)
    if tag == script.language:
        raise ScriptError.of(f"the script is in “{tag}” itself", "name another language")
    file = options.script.with_suffix(f".{tag}{options.script.suffix}")
    try:
        create_file(file, (_modeline(file) + translation_draft(script, tag)).encode())
    except FileExistsError as error:
        what = f"{shown_path(file)} is there already, and is not written over"
        remedy = f"see what it lacks: {command('check', '--lang', tag)}"
        raise ScriptError.of(what, remedy) from error
    count = len([*texts(script)])
    echo(options, f"{shown_path(file)}: {count} texts to translate")
    echo(options, f"see what is left with: {command('check', '--lang', tag)}")
    return 0, {"file": str(file), "texts": count}


def _modeline(file: Path) -> str:
    """The comment by which editors find the schema, where it lies beside the script."""
    there = file.with_name(TRANSLATION_SCHEMA).is_file()
    return f"{MODELINE}{TRANSLATION_SCHEMA}\n" if there else ""
