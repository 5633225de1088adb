"""Scripts are read by libyaml as by PyYAML's own parser, or by the latter."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
import yaml

from explainer.script import yaml_document
from explainer.script.yaml_document import Document
from project import ROOT

pytestmark = pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML is without libyaml")
EVERY_FORM = """\
a: >
  folded text
  more

b: |
  x
   y
c: "q \\u00e4 😀
  y"
d: 'it''s
  two'
e: plain
  continued # with a comment
f: [a, "b", {c: d, e: what?}]
日: ü
- - x
  - y: z
"""


def nodes(node: yaml.Node) -> Iterator[tuple[object, ...]]:
    """All that is read of a node, and of those in it."""
    begin = node.start_mark.index, node.start_mark.line, node.start_mark.column
    if isinstance(node, yaml.ScalarNode):
        end = node.end_mark.index, node.end_mark.line, node.end_mark.column
        yield node.tag, node.value, node.style, begin, end
        return
    assert isinstance(node, yaml.CollectionNode)
    yield node.tag, bool(node.flow_style), begin
    for entry in node.value:
        for inner in entry if isinstance(entry, tuple) else (entry,):
            yield from nodes(inner)


def read_slowly(source: str) -> list[tuple[object, ...]]:
    root = yaml_document._Loader(source).get_single_node()
    assert root
    return list(nodes(root))


def changed(text: str, chance: random.Random) -> str:
    """A part of a text, with some characters more or less."""
    begin = chance.randrange(len(text))
    text = text[begin : begin + chance.randrange(20, 300)]
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(text) + 1)
        more = chance.choice([*" :-#[]{}\"'|>\n,&*!%@?\\~a1é日😀\t", ""])
        text = text[:at] + more + text[at + (not more) :]
    return text


def test_each_script_of_ours_is_read_by_libyaml_with_every_place_as_it_is() -> None:
    scripts = [*ROOT.glob("*.yaml"), *ROOT.glob("examples/*/*.yaml")]
    assert len(scripts) > 5
    for script in scripts:
        source = script.read_text(encoding="utf-8")
        root = yaml_document._read_fast(source)
        assert root, script
        assert list(nodes(root)) == read_slowly(source), script


def test_whatever_libyaml_is_let_read_is_what_pyyaml_reads() -> None:
    chance = random.Random(3)
    texts = [EVERY_FORM, (ROOT / "script.yaml").read_text(encoding="utf-8")]
    taken = 0
    for _ in range(4000):
        source = changed(chance.choice(texts), chance)
        if yaml_document.UNWANTED.search(source):
            continue
        if root := yaml_document._read_fast(source):
            taken += 1
            assert list(nodes(root)) == read_slowly(source), source
    assert taken > 400


def test_without_libyaml_scripts_are_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    script = ROOT / "script.yaml"
    fast = list(nodes(Document(script).root))
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert list(nodes(Document(script).root)) == fast
