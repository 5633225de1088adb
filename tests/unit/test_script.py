import contextlib
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explainer.errors import ScriptError
from explainer.script.loader import load
from project import ROOT, Project


def problems(path: Path) -> str:
    with pytest.raises(ScriptError) as caught:
        load(path)
    return str(caught.value)


def test_the_films_own_script_loads_without_a_warning() -> None:
    script = load(ROOT / "script.yaml")
    assert [scene.id for scene in script.scenes] == [
        "amplification",
        "dimerization",
        "trastuzumab",
        "adcc",
    ]
    assert not script.warnings
    assert all(2 <= len(scene.lines) <= 4 for scene in script.scenes)
    assert 105 <= sum(len(line.say.words) for line in script.lines) <= 145
    assert all(line.cite for line in script.lines)
    said = [*script.lines, *script.page_info.questions]
    assert set(script.sources) == {cite for each in said for cite in each.cite}


def test_a_lexicon_has_words_before_what_is_said_for_them_and_each_once(project: Project) -> None:
    project.edit("{appears: appears}", '{" ": a, "one  two": b, "one two": c}')
    found = problems(project.script)
    assert "a lexicon entry has no words" in found
    assert "lexicon has “one two” twice" in found


def test_spaces_in_a_lexicon_count_once(project: Project) -> None:
    project.edit("{appears: appears}", '{" single\tdot ": spot}')
    assert load(project.script).lines[0].say.spoken == "A spot appears."


def test_a_script_is_read_in_the_order_of_its_file(project: Project) -> None:
    script = load(project.script)
    assert [line.key for line in script.lines] == ["dots.one", "dots.two"]
    assert script.limit == 20 * 48_000
    assert script.lines[1].cite == ("euclid",)


def test_every_error_is_given_at_once_with_place_and_carets(project: Project) -> None:
    project.edit("limit: 20", "limit: 1:30")
    project.edit("title: Dots", "titel: Dots")
    project.edit("cite: [euclid]", "cite: [euklid]")
    project.edit("[dot]{dot}", "[dot]{Dot}")
    assert (
        problems(project.script)
        == """\
script.yaml:4:8: limit must be a plain number of seconds from 0 to 14400
    limit: 1:30
           ^^^^
  → write it like 0.4 or 60
script.yaml:10:5: a scene lacks “title”
      - id: dots
        ^
  → add title: …
script.yaml:11:5: unknown key “titel” in a scene
        titel: Dots
        ^^^^^
  → did you mean “title”?
script.yaml:14:29: cue name “Dot” is not lower-case letters, digits and hyphens
            say: A single [dot]{Dot} appears.
                                ^^^
script.yaml:19:16: cite names no source “euklid”
            cite: [euklid]
                   ^^^^^^
  → sources: euclid"""
    )


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("id: two", "id: one", "line “one” is there twice in scene “dots” (first on line 13)"),
        ("name: dots", "name: dots\nname: spots", "“name” is given twice (first on line 1)"),
        ("title: Two dots", "title: ''", "title must be text"),
        ("limit: 20", "limit: .inf", "limit must be a plain number"),
        ("limit: 20", "limit: &a 20", "anchors and aliases are not used"),
        ("limit: 20", "limit: !!float 20", "tags (!…) are not used"),
        ("limit: 20", "<<: {limit: 20}", "merge keys"),
        ("  - id: dots", "\t- id: dots", "indent with spaces, not tabs"),
        ("id: one", "id: One", "is not a plain name"),
        ("name: dots", "name: ../../etc", "is not a plain name"),
        ("language: en", "language: english!", "language must be a tag"),
        ("[another]{other}", "[another]{other", "stray “[”"),
        ("A single [dot]{dot} appears.", "…", "say has no words"),
        ("A single [dot]{dot} appears.", "A [dot]{dot} of 2 mm.", "nothing is cited"),
        ("appears.", "appears \u202e.", "invisible control character U+202E"),
        ("id: one", "id: three", "line “dots.three” has no method in scenes/dots.py"),
        ("id: dots\n", "id: spots\n", "scene “spots” has no file scenes/spots.py"),
        ("title: Two dots", "title: Two dots\nposter: dots.three", "poster names no line"),
        ("scenes:", "scenes: []\nscene:", "scenes must be a list with at least one item"),
    ],
)
def test_bad_input_is_named(project: Project, old: str, new: str, what: str) -> None:
    project.edit(old, new)
    message = problems(project.script)
    assert what in message
    assert "script.yaml:" in message


PHONEMES = "limit: 20\nphonemes: "


@pytest.mark.parametrize(
    ("phonemes", "what"),
    [
        ("{flite: {kinase: k ay n}}", "the vowel “ay” lacks its stress: write ay1, or ay0"),
        ("{flite: {kinase: k ay2 n}}", "“ay2” is not a phoneme of flite"),
        ("{flite: {kinase: k ay1 q}}", "“q” is not a phoneme of flite"),
        ("{flite: {tyrosine kinase: k ay1 n}}", "is not one word of letters"),
        ("{flite: {kinase: ''}}", "phonemes of “kinase” must be text"),
        ("{flight: {kinase: k ay1 n}}", "did you mean “flite”?"),
        ("{flite: kinase}", "phonemes of flite must be a mapping"),
        ("{espeak: {Kinasen: kin 'A n}}", "has a space, a bracket or a letter"),
        ("{espeak: {Kinasen: kin'ä:z@n}}", "has a space, a bracket or a letter"),
        ("{espeak: {zwei Worte: ts}}", "is not one word of letters"),
    ],
)
def test_phonemes_that_an_engine_cannot_say_are_named(
    project: Project, phonemes: str, what: str
) -> None:
    project.edit("limit: 20", PHONEMES + phonemes)
    assert what in problems(project.script)
    assert "script.yaml:5:" in problems(project.script)


def test_phonemes_are_kept_by_engine(project: Project) -> None:
    project.edit("limit: 20", PHONEMES + "{flite: {kinase: k ay1 n ey0 s}, espeak: {für: fy:*}}")
    kept = {"flite": {"kinase": "k ay1 n ey0 s"}, "espeak": {"für": "fy:*"}}
    assert load(project.script).phonemes == kept


def test_a_form_that_is_likely_misread_is_a_warning_with_its_place(project: Project) -> None:
    project.edit("joins it.", "joins the DNA, the DNA.")
    (warning,) = load(project.script).warnings
    assert "script.yaml:17:50: “DNA” may be misread: it is an acronym" in str(warning)
    project.edit("appears: appears", "DNA: D N A")
    assert not load(project.script).warnings


def test_the_cues_of_a_text_that_cannot_be_read_are_not_missed(project: Project) -> None:
    project.edit("[dot]{dot}", "[dot] {dot}")
    assert "waits for cue" not in problems(project.script)


def test_a_scene_file_without_its_class_is_named(project: Project) -> None:
    project.edit_scene("class Dots", "class Spots")
    assert "scenes/dots.py has no class Dots" in problems(project.script)


def test_a_scene_file_that_is_not_python_is_named_by_line(project: Project) -> None:
    project.edit_scene("def one(self):", "def one(self)")
    assert "scenes/dots.py:7:" in problems(project.script)


def test_a_cue_that_nothing_waits_for_is_a_warning(project: Project) -> None:
    project.edit("joins it", "[joins]{join} it")
    (warning,) = load(project.script).warnings
    assert "cue “join” of line “dots.two” is used nowhere in scenes/dots.py" in str(warning)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty"),
        (b"# only a comment\n", "is empty"),
        (b"- a\n- b\n", "the script must be a mapping"),
        (b"just text", "the script must be a mapping"),
        (b"name: caf\xe9", "script.yaml:1:10: not UTF-8 text"),
        (b"a: [" * 40, "nested too deeply"),
        (b"a: b: c", "not valid YAML"),
        (b"name: x\n---\nname: y\n", "not valid YAML"),
        (b"x: " + b"y" * (4 << 20), "larger than 4 MiB"),
        (b"a: \x00", "invisible control character U+0000"),
        (b'a: "one\\n\\e[31m"', "script.yaml:1:4: invisible control character U+001B"),
        (b'"a\\ud800": b', "script.yaml:1:1: invisible control character U+D800"),
        (b'a: "\\U00110000"', "script.yaml:1:7: there is no such character"),
    ],
)
def test_a_file_that_is_no_script_is_refused(project: Project, content: bytes, what: str) -> None:
    project.script.write_bytes(content)
    assert what in problems(project.script)


@pytest.mark.parametrize(
    ("old", "new", "where", "what", "remedy"),
    [
        (
            "A single [dot]{dot} appears.",
            "[A dot]{dot} appears.",
            "14:14",
            "begins with “[” is taken for a list",
            'say: "[A dot]{dot} appears."',
        ),
        (
            "A single",
            "{0.4} A single",
            "14:14",
            "begins with “{” is taken for a mapping",
            'say: "{0.4} A single',
        ),
        ("A single", "Note: a single", "14:18", "a colon with a space", 'say: "Note: a single'),
        ("A single", "'It's a single", "14:17", "the quote is closed here", "’, or ''"),
        ("A single", "'A single", "14:14", "begins with ' is not closed", "at the end"),
        ("A single", '"A single', "14:14", 'begins with " is not closed', "at the end"),
        ("A single", '"One" single', "14:18", "the text goes on", "“ and ” inside"),
        (
            "A single",
            "@ A single",
            "14:14",
            "a text without quotes must not begin with “@”",
            'say: "@ A',
        ),
        (
            "A single",
            "*A* single",
            "14:14",
            "a text without quotes must not begin with “*”",
            'say: "*A*',
        ),
        ("A single", "A #1 single", "14:16", "takes “ #”", 'say: "A #1 single'),
        ("A single", "A # single", "14:16", "takes “ #”", 'say: "A # single'),
        ("appears.", "appears\n          #1 of all.", "15:11", "takes “ #”", "in quotes"),
        (
            "show: A pink dot.",
            "show: A dot.\n        labels: {one: a, b}",
            "16:26",
            "“b” has no value: a comma",
            '{one: "a, b"}',
        ),
    ],
)
def test_a_sign_in_a_text_that_yaml_takes_for_its_own_is_explained(
    project: Project, old: str, new: str, where: str, what: str, remedy: str
) -> None:
    project.edit(old, new)
    found = problems(project.script)
    assert f"script.yaml:{where}: " in found
    assert what in found
    assert remedy in found


TAB, NBSP = "\t", "\u00a0"


@pytest.mark.parametrize(
    ("old", "new", "where", "what", "remedy"),
    [
        ("    title: Dots", f"{TAB}title: Dots", "11:1", "this is a tab", "with spaces"),
        ("title: Two dots", "title Two dots", "2:1", "a colon is missing", "title: Two dots"),
        ("title: Two dots", "title:Two dots", "2:1", "a plain space is missing", "title: Two"),
        ("title: Two dots", f"title:{NBSP}Two dots", "2:1", "space is missing", "title: Two"),
        ("title: Two dots", "title：Two dots", "2:1", "no plain colon", "title: Two dots"),
        (
            "title: Two dots",
            "title: - dots",
            "2:8",
            "a text without quotes must not begin with “-”",
            '"- dots"',
        ),
        (
            "title: Two dots",
            "title: , dots",
            "2:8",
            "a text without quotes must not begin with “,”",
            '", dots"',
        ),
        ("title: Two dots", r'title: "50\% dots"', "2:11", r"\% is none", r"write \\"),
        ("title: Two dots", '"title: Two dots', "2:1", "is not closed", 'write " at the end'),
        ("title: Two dots", "<<<<<<< HEAD", "2:1", "what Git writes", "keep one version"),
        ("      - id: two", "      -id: two", "16:7", "after the dash", "write: - id: two"),
        ("      - id: two", "      – id: two", "16:7", "a hyphen and a space", "write: - id: two"),
        ("      - id: two", "    - id: two", "16:5", "this dash begins in column 5", "7 with the"),
        ("        show: A pink", "      show: A pink", "15:7", "in column 7", "9 with “say” of"),
        ("        show: A pink", "          show: A pink", "15:11", "of its text", "column 9"),
        ("        show: A pink", f"    {NBSP}   show: A pink", "15:5", "U+00A0", "plain spaces"),
        ("appears.", "appears\n        again.", "15:9", "indented enough", "indent it further"),
        ("appears.", "appears\n          Note: so.", "15:15", "a colon with", "text of “say”"),
        ("[flite]", "[flite", "5:8", "the “[” that opens here is not closed", "write “]”"),
        ("[euclid]", "[euclid", "19:15", "the “[” that opens here is not closed", "write “]”"),
        ("[flite]", "[flite}", "5:8", "is closed by a “}”", "close it by “]”"),
        ("[flite]", '["flite]', "5:9", 'begins with " is not closed', 'write " at the end'),
        ("{appears: appears}", "{a: b: c}", "6:15", "a colon inside {…}", "in quotes"),
        ("scenes:", "---\nscenes:", "9:1", "“---” ends the script", "remove the line"),
        ("scenes:", "...\nscenes:", "9:1", "“...” ends the script", "remove the line"),
        ("{appears: appears}", "{a:b}", "6:11", "missing after the colon of “a”", "{a: b}"),
        ("      - id: two", "        id: two", "16:9", "“id” is given twice", "“- id:”"),
    ],
)
def test_the_words_of_yaml_s_reader_are_put_plainly(
    project: Project, old: str, new: str, where: str, what: str, remedy: str
) -> None:
    project.edit(old, new)
    found = problems(project.script)
    assert f"script.yaml:{where}: " in found
    assert what in found
    assert remedy in found


@pytest.mark.parametrize("quote", ["'", '"'])
@pytest.mark.parametrize("more", [0, 60])
def test_a_quote_that_never_closes_is_pointed_at_where_it_opens(
    project: Project, quote: str, more: int
) -> None:
    project.edit("title: Two dots", f"title: {quote}Two dots" + "\n# more" * more)
    assert f"script.yaml:2:8: not valid YAML: the quote that begins with {quote}" in problems(
        project.script
    )
    project.edit("show: A pink dot.", f"show: {quote}A pink dot.{quote}")
    assert f"script.yaml:2:8: not valid YAML: the quote that begins with {quote}" in problems(
        project.script
    )


def test_a_comment_is_not_blamed_for_what_stands_below_it(project: Project) -> None:
    project.edit("appears.", "appears.  # the first")
    project.edit("        show: A pink", "      show: A pink")
    assert "comment" not in problems(project.script)


def test_comments_that_are_set_off_stay_comments(project: Project) -> None:
    project.edit("appears.", "appears.  # the first one")
    project.edit("name: dots", "name: dots # stem")
    project.edit("limit: 20", "limit: 20 #seconds")
    project.edit("say: Then", "# the second\n        say: Then")
    assert load(project.script).lines[0].say.spoken == "A single dot appears."


def test_one_text_in_two_spellings_of_unicode_is_one(project: Project) -> None:
    text = "lexicon: {Käse: Brie, Größe: Maß}\nphonemes: {espeak: {für: fy:*}}"
    project.edit("lexicon: {appears: appears}", text)
    project.edit("A single [dot]{dot} appears.", "Größe, Käse für [Ängste]{dot}.")
    project.edit("show: A pink dot.", "show: A dot.\n        labels: {name: Grün}")
    composed = load(project.script)
    source = project.script.read_text(encoding="utf-8")
    project.script.write_text(unicodedata.normalize("NFD", source), encoding="utf-8")
    decomposed = load(project.script)
    assert decomposed.lines[0].say == composed.lines[0].say
    assert (decomposed.labels, decomposed.lexicon) == (composed.labels, composed.lexicon)
    assert decomposed.phonemes == composed.phonemes == {"espeak": {"für": "fy:*"}}


def test_a_place_behind_a_decomposed_letter_is_that_in_the_file(project: Project) -> None:
    project.edit("A single [dot]{dot}", "Gru\u0308ne A\u030angstro\u0308m [dot]{Dot}")
    assert "script.yaml:14:38: cue name “Dot”" in problems(project.script)


def test_an_entry_of_the_lexicon_that_no_text_has_is_a_warning(project: Project) -> None:
    project.edit("{appears: appears}", "{appears.: a b, Appears: c, dot: d, teal: t l}")
    warnings = [str(warning) for warning in load(project.script).warnings]
    assert len(warnings) == 1
    assert "script.yaml:6:26: the lexicon's “Appears” is in no say and no show" in warnings[0]


def test_a_script_that_is_not_there_is_named(project: Project) -> None:
    assert "cannot read nowhere.yaml" in problems(Path("nowhere.yaml"))


def test_words_that_yaml_would_turn_into_other_things_stay_words(project: Project) -> None:
    project.edit("title: Two dots", "title: no")
    assert load(project.script).title == "no"


def test_one_scene_loads_while_another_is_not_written_yet(project: Project) -> None:
    more = "  - id: later\n    title: Later\n    lines:\n      - {id: a, say: Soon., show: x}\n"
    project.script.write_text(project.script.read_text() + more)
    assert "scene “later” has no file" in problems(project.script)
    assert len(load(project.script, selection="dots").scenes) == 2
    assert len(load(project.script, check_scenes=False).scenes) == 2


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_mangled_script_loads_or_ends_in_a_clean_error(
    project: Project, data: st.DataObject
) -> None:
    text = (ROOT / "script.yaml").read_text()[:2500]
    at = data.draw(st.integers(0, len(text)))
    size = data.draw(st.integers(0, 40))
    new = data.draw(st.text("[]{}:&*!|>-'\"#%\n\t aé0,", max_size=12))
    project.script.write_text(text[:at] + new + text[at + size :], encoding="utf-8")
    with contextlib.suppress(ScriptError):
        load(project.script)


def test_labels_are_texts_or_short_lists_by_name(project: Project) -> None:
    project.edit("show: A pink dot.", "show: A pink dot.\n        labels: {name: dot, far: [a, b]}")
    project.edit_scene("def one(self):", 'def one(self):\n        names = "name", "far"')
    script = load(project.script)
    assert script.labels == {"name": ("dot",), "far": ("a", "b")}
    assert not script.warnings


def test_a_label_has_a_plain_name_of_its_own_and_few_words(project: Project) -> None:
    project.edit("show: A pink dot.", "show: A pink dot.\n        labels: {Name: dot, a: x}")
    project.edit("show: A second", "labels: {a: [one, b, c, d, e]}\n        show: A second")
    found = problems(project.script)
    assert "label “Name” has no plain name" in found
    assert "label “a” is there twice (first in line dots.one)" in found
    assert "label “a” has more than 4 texts" in found


def test_a_label_that_is_there_twice_is_pointed_at(project: Project) -> None:
    project.edit("show: A pink dot.", "show: A pink dot.\n        labels: {far: y, a: x}")
    project.edit("show: A second", "labels: {b: z, a: x}\n        show: A second")
    with pytest.raises(ScriptError) as error:
        load(project.script)
    (doubled,) = [p for p in error.value.problems if "there twice" in p.what]
    assert doubled.place
    line = project.script.read_text(encoding="utf-8").splitlines()[doubled.place.line - 1]
    assert line[doubled.place.column - 1 :].startswith("a: x}")


def test_a_long_label_and_one_that_is_never_shown_are_warned_of(project: Project) -> None:
    project.edit("show: A pink dot.", "show: A dot.\n        labels: {name: a b c d e f}")
    warnings = [problem.what for problem in load(project.script).warnings]
    assert warnings == [
        "label “name” has 6 words, more than can be read at a glance",
        "label “name” of line “dots.one” is shown by no scene",
    ]


def test_a_number_that_is_shown_needs_a_source(project: Project) -> None:
    project.edit("show: A pink dot.", "show: A pink dot.\n        labels: {name: 2 dots}")
    assert "a number is shown here but nothing is cited" in problems(project.script)


@pytest.mark.parametrize(
    ("engines", "what"),
    [
        ("{gtts: {tld: 'https://x'}}", "tld of gtts is the end of a Google host"),
        ("{gtts: {slow: maybe}}", "slow of gtts is yes or no, not “maybe”"),
        ("{gtts: {tdl: com}}", "did you mean “tld”"),
        ("{flite: {slow: yes}}", "unknown key|not a key|known keys"),
        ("{gtts: slow}", "options of gtts must be a mapping"),
        *(
            (f"{{flite: {{pace: {pace}}}}}", "pace of flite is from 0.5 to 1.5 times the usual")
            for pace in ("0.49", "1.51", "-1", "0.8500", "fast", "1e0", "nan", "0.", "2")
        ),
    ],
)
def test_options_that_an_engine_does_not_have_are_named(
    project: Project, engines: str, what: str
) -> None:
    project.edit("limit: 20", f"limit: 20\nengines: {engines}")
    with pytest.raises(ScriptError, match=what):
        load(project.script)
