"""The JSON Schema accepts what the reader reads, and finds what it refuses in form."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from explainer.cli import main
from explainer.errors import ScriptError
from explainer.script.loader import load
from project import ROOT, Project

SCRIPTS = [
    ROOT / "script.yaml",
    *sorted((ROOT / "explainer" / "data" / "templates").glob("*/script.*.yaml")),
]
TRANSLATIONS = sorted(ROOT.glob("script.*.yaml"))


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Callable[..., Draft7Validator]:
    """The validator of a schema that the command prints."""

    def validator(*args: str) -> Draft7Validator:
        assert main(["schema", *args]) == 0
        schema = json.loads(capsys.readouterr().out)
        Draft7Validator.check_schema(schema)
        return Draft7Validator(schema)

    return validator


def read(path: Path) -> Any:
    text = path.read_text(encoding="utf-8").replace("FILM_NAME", "film")
    return yaml.safe_load(text)


def test_scripts_that_are_read_fit_the_schema(printed: Callable[..., Draft7Validator]) -> None:
    validator = printed()
    assert len(SCRIPTS) > 10
    for path in SCRIPTS:
        assert [*validator.iter_errors(read(path))] == [], path


def test_translations_that_are_read_fit_theirs(printed: Callable[..., Draft7Validator]) -> None:
    validator = printed("--translation")
    assert len(TRANSLATIONS) == 2
    for path in TRANSLATIONS:
        assert [*validator.iter_errors(read(path))] == [], path


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title:", "titel:"),
        ("say:", "sag:"),
        ("show:", "shows:"),
        ("name: dots", "name: Dots"),
        ("language: en", "language: English"),
        ("    lines:", "    rows:"),
        ("scenes:", "poster: [a]\nscenes:"),
        ("scenes:", "limit: soon\nscenes:"),
        ("scenes:", "music: {below: 20}\nscenes:"),
        ("scenes:", "engines: {flite: {speed: 2}}\nscenes:"),
        ("scenes:", "engines: {nobody: {pace: 2}}\nscenes:"),
        ("scenes:", "phonemes: {gtts: {a: b}}\nscenes:"),
        ("scenes:", "page: {abuot: x}\nscenes:"),
        ("scenes:", "sources: {a: {title: x}}\nscenes:"),
    ],
)
def test_what_the_reader_refuses_in_form_an_editor_finds(
    project: Project, printed: Callable[..., Draft7Validator], old: str, new: str
) -> None:
    text = project.script.read_text(encoding="utf-8")
    assert old in text
    project.script.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScriptError):
        load(project.script, check_scenes=False)
    assert [*printed().iter_errors(read(project.script))]


def test_each_field_is_described(printed: Callable[..., Draft7Validator]) -> None:
    def bare(schema: Any, path: str = "") -> list[str]:
        if isinstance(schema, list):
            return [name for item in schema for name in bare(item, path)]
        if not isinstance(schema, dict):
            return []
        found = []
        for name, value in schema.get("properties", {}).items():
            if "description" not in value and not path.endswith(("engines", "phonemes")):
                found.append(f"{path}.{name}")
        for name, value in {**schema, **schema.get("properties", {})}.items():
            if name != "properties":
                found += bare(value, f"{path}.{name}")
        return found

    assert bare(printed().schema) == []
    assert bare(printed("--translation").schema) == []


def test_a_new_film_names_the_schema_that_lies_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "mine"]) == 0
    monkeypatch.chdir(tmp_path / "mine")
    assert main(["translate", "it"]) == 0
    for script in ("script.yaml", "script.it.yaml"):
        first, *_ = Path(script).read_text(encoding="utf-8").splitlines()
        named = first.removeprefix("# yaml-language-server: $schema=")
        schema = json.loads(Path(named).read_text(encoding="utf-8"))
        content = yaml.safe_load(Path(script).read_text(encoding="utf-8"))
        assert [*Draft7Validator(schema).iter_errors(content)] == []
