"""A small film to begin with: a script, its scenes and what they need, in a new folder."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

from explainer.cli.arguments import Options
from explainer.cli.new_folder import require_new, write_schemas, written_whole
from explainer.cli.output import CommandResult, echo
from explainer.errors import ScriptError, command
from explainer.script.field_reader import require_language_tag

DATA = Path(__file__).resolve().parents[1] / "data"
UPRIGHT = "upright"
"""The template of a film that is meant for phones."""


def run(options: Options) -> CommandResult:
    """Write a film that renders at once into a folder that is not there yet, or is empty."""
    folder = options.folder
    name = require_new(folder)
    template = DATA / "templates" / options.template
    language = _language(template, options.lang or "en")
    texts = {
        "FILM_NAME": name,
        "FILM_FILE": f"{name}-9x16.mp4" if options.template == UPRIGHT else f"{name}.mp4",
        "RENDER_COMMAND": "explainer --aspect 9:16" if options.template == UPRIGHT else "explainer",
    }
    with written_whole(folder) as made:
        _write(made, template, language, texts)
    files = sorted(str(file) for file in folder.rglob("*") if file.is_file())
    for file in files:
        echo(options, file)
    echo(options, f"go on with: cd {shlex.quote(str(folder))} && {command('check')}")
    return 0, {"folder": str(folder), "files": files}


def _language(template: Path, tag: str) -> str:
    """The language of a template's text that is asked for.

    Raises:
        ScriptError: if it is no tag, or the template is not written in that language.
    """
    require_language_tag(tag)
    known = sorted(file.name.split(".")[1] for file in template.glob("script.*.yaml"))
    if tag not in known:
        what = f"no template is written in “{tag}”"
        remedy = f"begin in one of {', '.join(known)}; then: {command('translate', tag)}"
        raise ScriptError.of(what, remedy)
    return tag


def _write(folder: Path, template: Path, language: str, texts: dict[str, str]) -> None:
    """Write a template's files into a folder, with `texts` in place of the words they stand for."""
    files = {
        "script.yaml": template / f"script.{language}.yaml",
        "README.md": DATA / "templates" / "README.md",
        ".gitignore": DATA / "templates" / "gitignore",
    }
    for kind in ("scenes", "assets"):
        for file in sorted((template / kind).glob("*.[a-z]*")):
            files[f"{kind}/{file.name}"] = file
    pattern = re.compile("|".join(texts))
    for name, source in files.items():
        text = pattern.sub(lambda found: texts[found[0]], source.read_text(encoding="utf-8"))
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    shutil.copytree(DATA / "fonts", folder / "assets" / "fonts")
    write_schemas(folder)
