import pytest
from hypothesis import given
from hypothesis import strategies as st

from explainer.script.narration_text import Cue, MarkupError, NarrationText, parse_narration
from explainer.script.word_segmentation import is_unspaced


def spoken_words(said: NarrationText) -> list[str]:
    return [said.spoken[word.spoken_start : word.spoken_end] for word in said.words]


def test_marks_are_stripped_from_what_is_shown_and_spoken() -> None:
    said = parse_narration("It fits [domain four]{lock} of HER2.", {})
    assert said.shown == "It fits domain four of HER2."
    assert said.spoken == said.shown
    assert said.cues == (Cue("lock", 2, 3),)


def test_the_lexicon_changes_what_is_spoken_but_not_what_is_shown() -> None:
    said = parse_narration(
        "HER2 waits: (HER2-bound) 20,000.", {"HER2": "her two", "20,000": "twenty thousand"}
    )
    assert said.shown == "HER2 waits: (HER2-bound) 20,000."
    assert spoken_words(said) == ["her two", "waits:", "(her two bound)", "twenty thousand."]


def test_an_entry_of_several_words_is_spoken_once_for_all_of_them() -> None:
    said = parse_narration("about 5 mg daily", {"5 mg": "five milligrams"})
    assert said.spoken == "about five milligrams daily"
    assert spoken_words(said) == ["about", "five milligrams", "five milligrams", "daily"]


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("de", "Rund 20\u00a0000, ja.", "Rund zwanzigtausend, ja."),
        ("de", "(75,2\u00a0%) gut", "(fünfundsiebzig Komma zwei Prozent) gut"),
        ("es", "de «20\u202f000» a 1\u00a0000\u00a0000.", "de «veinte mil» a un millón."),
        ("es", "el 75,2\u00a0%, sí", "el setenta y cinco coma dos por ciento, sí"),
        ("en", "just 37\u00a0%.", "just thirty-seven percent."),
        ("de", "20 000 und 20\u00a00001", "zwanzigtausend und zwanzig 0001"),
    ],
)
def test_a_number_goes_on_over_spaces_that_do_not_break(
    language: str, written: str, spoken: str
) -> None:
    said = parse_narration(written, {}, language)
    assert said.spoken == spoken
    assert said.shown == " ".join(written.split())
    assert len(said.words) == len(written.split())


def test_the_parts_of_a_number_with_spaces_are_spoken_as_one_and_a_cue_may_mark_them() -> None:
    said = parse_narration("von [20\u00a0000]{normal} an", {}, "de")
    assert spoken_words(said) == ["von", "zwanzigtausend", "zwanzigtausend", "an"]
    assert said.cues == (Cue("normal", 1, 2),)


def test_the_longest_entry_wins() -> None:
    said = parse_narration("HER2 HER3", {"HER2": "her two", "HER2 HER3": "the pair"})
    assert said.spoken == "the pair"


def test_an_entry_longer_than_the_rest_of_the_line_does_not_hide_a_shorter_one() -> None:
    lexicon = {"one two three": "all", "two three": "the last"}
    assert parse_narration("two three", lexicon).spoken == "the last"


def test_a_cue_may_mark_part_of_a_word_or_stand_before_punctuation() -> None:
    said = parse_narration("[ampli]{a}fied [cells]{b}, now", {})
    assert said.shown == "amplified cells, now"
    assert said.cues == (Cue("a", 0, 0), Cue("b", 1, 1))


def test_a_cue_does_not_reach_over_a_space_to_the_word_beside_it() -> None:
    assert parse_narration("one[ two ]{x}three", {}).cues == (Cue("x", 1, 1),)


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("a [b", "stray “[”"),
        ("a b]{c}", "stray “]”"),
        ("a {b}", "stray “{”"),
        ("[a]{B}", "not lower-case"),
        ("[a]{x} [b]{x}", "named twice"),
        ("a []{x} b", "marks no word"),
        ("[a]{}", "not lower-case"),
    ],
)
def test_a_mark_that_cannot_be_read_says_why(written: str, what: str) -> None:
    with pytest.raises(MarkupError, match=what.replace("[", r"\[").replace("{", r"\{")):
        parse_narration(written, {})


def test_every_bad_mark_of_a_line_is_named_with_its_place() -> None:
    with pytest.raises(MarkupError) as caught:
        parse_narration("x [a]{A} y ] z", {})
    assert [(fault.at, fault.width) for fault in caught.value.faults] == [(6, 1), (11, 1)]


def test_the_place_of_a_mark_around_nothing_is_the_whole_mark() -> None:
    with pytest.raises(MarkupError) as caught:
        parse_narration("a []{dot} b", {})
    assert [(fault.at, fault.width) for fault in caught.value.faults] == [(2, len("[]{dot}"))]


@given(st.text(st.characters(exclude_characters="[]{}", exclude_categories=["Cs"])))
def test_text_without_marks_is_shown_word_for_word(text: str) -> None:
    said = parse_narration(text, {})
    assert said.shown == " ".join(text.replace("\u200b", "").split())
    assert spoken_words(said) == [word.text for word in said.words]
    if not is_unspaced(text):
        assert spoken_words(said) == said.shown.split() or "\u200b" in text


@given(st.text("ab[]{} -.", max_size=30))
def test_any_text_is_read_or_refused_with_places_inside_it(text: str) -> None:
    try:
        said, faults = parse_narration(text, {"a": "spoken a"}), ()
    except MarkupError as error:
        said, faults = NarrationText("", "", "", (), ()), error.faults
    assert all(0 <= fault.at <= len(text) for fault in faults)
    assert "[" not in said.spoken
    assert all(0 <= cue.first <= cue.last < len(said.words) for cue in said.cues)


def test_numbers_are_spoken_as_words_and_keep_their_spans() -> None:
    said = parse_narration(
        "From 20,000 (37%) to a 10-year study, $5 and HER2.", {"HER2": "her two"}, "en"
    )
    assert said.shown == "From 20,000 (37%) to a 10-year study, $5 and HER2."
    assert spoken_words(said) == [
        *("From", "twenty thousand", "(thirty-seven percent)", "to", "a", "ten year", "study,"),
        *("five dollars", "and", "her two."),
    ]


def test_the_lexicon_decides_before_numbers_do() -> None:
    assert (
        parse_narration("In 1812.", {"1812": "eighteen twelve"}, "en").spoken
        == "In eighteen twelve."
    )


def test_a_word_says_whether_the_lexicon_has_it() -> None:
    said = parse_narration("HER2 binds 5 mg", {"HER2": "her two", "5 mg": "five milligrams"}, "en")
    assert [word.in_lexicon for word in said.words] == [True, False, True, True]
    assert parse_narration("HER2-bound", {"HER2": "her two"}).words[0].in_lexicon


def test_an_entry_may_have_any_sign_and_stand_within_a_word() -> None:
    lexicon = {"z. B.": "zum Beispiel", "C++": "see plus plus", "Mars.": "mars", "C": "see"}
    said = parse_narration("(z. B.) C++-Code, C; Mars. l’C, C’s", lexicon)
    assert said.spoken == "(zum Beispiel) see plus plus Code, see; mars l’C, C’s"
    assert said.entries == ("z. B.", "C++", "C", "Mars.")
    assert parse_narration("HER2’s, HER2/HER3, HER2–HER4", {"HER2": "her two"}).spoken == (
        "her two’s, her two/HER3, her two–HER4"
    )


def test_a_full_stop_of_an_entry_ends_the_sentence_that_it_stood_at_the_end_of() -> None:
    lexicon = {"approx.": "about", "Ltd.": "limited"}
    assert parse_narration("It is approx. five at Ltd. The end", lexicon, "en").spoken == (
        "It is about five at limited. The end"
    )


@pytest.mark.parametrize("written", ["−5", "$5", "5.5", "1,5", "HER5", "<5"])
def test_an_entry_for_a_number_does_not_take_a_part_of_another(written: str) -> None:
    assert not parse_narration(written, {"5": "fifth"}).entries


def test_a_form_goes_over_the_end_of_a_line_of_the_file() -> None:
    assert parse_narration("am 3.\nMai um 8:15\nUhr bei 80\nkm/h", {}, "de").spoken == (
        "am dritten Mai um acht Uhr fünfzehn bei achtzig Kilometer pro Stunde"
    )
