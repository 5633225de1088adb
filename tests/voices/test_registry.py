"""A new voice is one file and one line: it then keeps the contract, and scripts may name it."""

from __future__ import annotations

from pathlib import Path

import pytest

from extended import ExtendedEngine
from project import ROOT

pytestmark = pytest.mark.slow

VOICE = '''
"""A voice of one beep a letter, lower than the other's."""

from explainer.voices.base import EngineOption
from explainer.voices.phonemes import PhonemeAlphabet
from explainer.voices.tone import Tone


def only_m(word, phones):
    return "" if word.isalpha() and set(phones) <= {*"m "} else "m only"


class Hum(Tone):
    name = "hum"
    options = {**Tone.options, "depth": EngineOption("low|deep", "low or deep")}
    phonemes = PhonemeAlphabet("m m", only_m)

    def fingerprint(self, language):
        return {**super().fingerprint(language), "engine": "hum"}
'''
USE = """
import sys
from pathlib import Path
from explainer.errors import ScriptError
from explainer.script.loader import load

file = Path("script.yaml")
text = file.read_text()
file.write_text(text + "engines: {hum: {depth: deep}}\\nphonemes: {hum: {Two: m m}}\\n")
print(load(file, check_scenes=False).engines, load(file, check_scenes=False).phonemes)
file.write_text(text + "engines: {hum: {depth: high}}\\nphonemes: {hum: {Two: x}}\\n")
try:
    load(file, check_scenes=False)
except ScriptError as error:
    print(error)
"""


@pytest.fixture
def extended(tmp_path: Path) -> ExtendedEngine:
    engine = ExtendedEngine(tmp_path / "engine")
    before = '    "tone": "explainer.voices.tone:Tone",'
    line = '    "hum": "explainer.voices.hum:Hum",'
    engine.add("explainer/voices/hum.py", VOICE, "explainer/voices/registry.py", before, line)
    return engine


def test_a_script_may_set_the_options_and_phonemes_of_a_new_voice(
    extended: ExtendedEngine,
) -> None:
    (extended.folder / "script.yaml").write_text(
        "name: film\ntitle: A film\nscenes:\n  - id: dots\n    title: Dots\n    lines:\n"
        "      - {id: one, say: Two words., show: Nothing.}\n",
        encoding="utf-8",
    )
    said = extended.python("-c", USE)
    assert "{'hum': {'depth': 'deep'}} {'hum': {'Two': 'm m'}}" in said
    assert "depth of hum is low or deep, not “high”" in said
    assert "m only" in said
    assert "write them like m m" in said


def test_a_new_voice_keeps_the_contract(extended: ExtendedEngine) -> None:
    extended.pytest(ROOT / "tests" / "voices" / "test_contract.py", "-k", "hum")
