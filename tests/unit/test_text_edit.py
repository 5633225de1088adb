"""A text is changed in a script's file, and nothing else of the file."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from explainer.errors import ScriptError
from explainer.script.text_edit import replaced, value_of, with_field, written_lines
from project import ROOT, SCRIPT

ONE = ("dots", "one", "say")

FORMS = {
    "plain": "say: A dot appears.  # the first\n        show: It shows.\n",
    "single quotes": "say: 'A dot: it''s here.'\n        show: It shows.\n",
    "double quotes": 'say: "A dot, \\u00e9."   # there\n        show: It shows.\n',
    "folded": "say: >-\n          A dot\n          appears.\n        show: It shows.\n",
    "kept rows": "say: |\n          A dot\n          is.\n        # a remark\n        show: It.\n",
    "several rows": "say: A dot\n          appears\n          here.\n        show: It shows.\n",
    "first": "show: It shows.\n        say: A dot.",
}
HEAD = "# a film\nname: dots\nscenes:\n  - id: dots\n    lines:\n      - id: one\n        "


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "text", ["Two dots.", "Two: dots, “here” # now", "it's", "[Two]{two} dots"]
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_text_takes_the_place_of_another_whatever_its_form(
    form: str, text: str, ending: str
) -> None:
    source = (HEAD + FORMS[form]).replace("\n", ending).encode()
    made = replaced(source, ONE, text)
    assert value_of(made, ONE) == text
    before, after = yaml.safe_load(source), yaml.safe_load(made)
    before["scenes"][0]["lines"][0]["say"] = text
    assert after == before
    # what stands around it is there byte for byte
    assert made.startswith(source[: source.index(b"say:")])
    for remark in (b"# the first", b"# there", b"# a remark", b"# a film"):
        assert (remark in made) == (remark in source)
    assert made.count(b"\r\n") == made.count(b"\n") * (ending == "\r\n")


def test_the_first_film_keeps_every_other_byte() -> None:
    source = (ROOT / "script.yaml").read_bytes()
    where = ("dimerization", "pairing", "say")
    old = value_of(source, where)
    made = replaced(source, where, old.replace("pair", "couple", 1))
    assert value_of(made, where) != old
    back = replaced(made, where, old)
    assert yaml.safe_load(back) == yaml.safe_load(source)
    begins = source.index(b"id: pairing")
    assert made.startswith(source[:begins])
    assert made.endswith(source[source.index(b"show:", begins) :])


def test_a_translation_has_its_lines_by_their_names() -> None:
    source = (ROOT / "script.es.yaml").read_bytes()
    where = ("adcc", "flag", "say")
    made = replaced(source, where, "Otra frase.")
    assert yaml.safe_load(made)["scenes"]["adcc"]["lines"]["flag"]["say"] == "Otra frase."


def test_labels_and_titles_are_texts_too() -> None:
    source = SCRIPT.replace("show: A pink dot.", "show: A pink dot.\n        labels: {dot: Dot}")
    made = replaced(source.encode(), ("dots", "one", "labels/dot"), "A dot, pink")
    assert b'labels: {dot: "A dot, pink"}' in made
    made = replaced(made, ("dots", "title"), "Some dots")
    assert b"    title: Some dots\n" in made
    made = replaced(made, ("title",), "Dots: a film")
    assert b'title: "Dots: a film"\n' in made


@pytest.mark.parametrize(
    ("source", "where", "told"),
    [
        ("a: [", ONE, "not valid YAML now"),
        ("", ONE, "the script is empty"),
        (SCRIPT, ("dots", "three", "say"), "has no text “say”"),
        (SCRIPT, ("dots", "two", "cite"), "has no text “cite”"),
        ("a: &x one\nb: *x\n", ("a",), "without changing more"),
    ],
)
def test_what_cannot_be_edited_is_refused(source: str, where: tuple[str, ...], told: str) -> None:
    with pytest.raises(ScriptError, match=told):
        replaced(source.encode(), where, "new")


@given(st.text(min_size=1, max_size=60))
def test_any_text_is_read_back_as_it_was_given_or_refused(text: str) -> None:
    try:
        made = replaced(SCRIPT.encode(), ONE, text)
    except ScriptError:
        return
    assert value_of(made, ONE) == " ".join(text.split())
    assert (
        yaml.safe_load(made)["scenes"][0]["lines"][1]
        == yaml.safe_load(SCRIPT)["scenes"][0]["lines"][1]
    )


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("line", "after"),
    [
        (
            "      - id: one  # the first\n        say: Hello.\n",
            "      - id: one  # the first\n        voice: recording\n        say: Hello.\n",
        ),
        (
            "      - say: Hello.\n        id: one",
            "      - say: Hello.\n        id: one\n        voice: recording",
        ),
        (
            "      - {id: one, say: Hello.}\n",
            "      - {id: one, voice: recording, say: Hello.}\n",
        ),
        (
            '      - "id": one\n        voice: flite  # for now\n',
            '      - "id": one\n        voice: recording  # for now\n',
        ),
        (
            '      - "id": one\n        say: Hello.\n',
            '      - "id": one\n        voice: recording\n        say: Hello.\n',
        ),
        (
            "      -   id: one\n          say: >\n            Hello.\n",
            "      -   id: one\n          voice: recording\n          say: >\n            Hello.\n",
        ),
    ],
)
def test_a_field_that_a_line_does_not_have_is_written_after_its_id(
    line: str, after: str, ending: str
) -> None:
    head = "# café\nscenes:\n  - id: a\n    lines:\n      - id: zero\n        say: No.\n"
    source = (head + line).replace("\n", ending).encode()
    made = with_field(source, ("a", "one", "voice"), "recording")
    assert made == (head + after).replace("\n", ending).encode()


def test_a_field_of_a_translation_is_written_first_since_its_lines_have_no_ids() -> None:
    source = b"scenes:\n  a:\n    lines:\n      one:\n        say: Si.\n      two: {say: No.}\n"
    made = with_field(source, ("a", "one", "voice"), "recording")
    made = with_field(made, ("a", "two", "voice"), "recording")
    assert made.decode() == (
        "scenes:\n  a:\n    lines:\n      one:\n        voice: recording\n        say: Si.\n"
        "      two: {voice: recording, say: No.}\n"
    )
    found = written_lines(made)
    assert found["a.two"].texts == {"voice": "recording", "say": "No."}
    assert (found["a.one"].first, found["a.one"].last) == (4, 6)


def test_a_field_is_not_written_into_a_line_that_is_not_there() -> None:
    with pytest.raises(ScriptError):
        with_field(b"scenes:\n  - id: a\n", ("a", "one", "voice"), "recording")


def test_lines_are_found_with_their_texts_and_rows() -> None:
    source = (
        "scenes:\n  - id: a\n    lines:\n      - id: one\n        say: >\n          Hello\n"
        "          there.\n        labels: {x: Gene, y: [p, q]}\n      - {id: two, say: Bye.}\n"
    )
    found = written_lines(source.encode())
    assert list(found) == ["a.one", "a.two"]
    assert found["a.one"].texts == {"id": "one", "say": "Hello there.", "labels/x": "Gene"}
    assert (found["a.one"].first, found["a.one"].last) == (4, 8)
    assert (found["a.two"].first, found["a.two"].last) == (9, 9)
