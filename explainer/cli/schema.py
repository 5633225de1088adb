"""The JSON Schema of scripts or translations, for editors that check and complete by it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from explainer.cli.arguments import Options
from explainer.cli.output import CommandResult, echo
from explainer.script.fields import SCRIPT, TRANSLATION, JsonSchema, schema
from explainer.voices.registry import ENGINES, engine_class

SCHEMA, TRANSLATION_SCHEMA = "script.schema.json", "translation.schema.json"
"""What the files with them are called that lie beside a script."""
MODELINE = "# yaml-language-server: $schema="
"""The comment by which editors find the schema of a YAML file."""


def run(options: Options) -> CommandResult:
    """Print the schema."""
    made = translation_schema() if options.translation else script_schema()
    echo(options, json.dumps(made, ensure_ascii=False, indent=2))
    return 0, made


def script_schema() -> JsonSchema:
    """The schema of a script."""
    return schema(SCRIPT, "A film's script", _voices())


def translation_schema() -> JsonSchema:
    """The schema of a translation."""
    return schema(TRANSLATION, "A script's translation", _voices())


def _voices() -> Iterator[tuple[str, JsonSchema, bool]]:
    for name in ENGINES:
        engine = engine_class(name)
        yield name, _options(engine.options), engine.phonemes is not None


def _options(options: Any) -> JsonSchema:
    """The schema of an engine's options; empty if it has none."""
    if not options:
        return {}
    properties = {
        name: {"description": option.form, "type": ["string", "number"]}
        for name, option in options.items()
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}
