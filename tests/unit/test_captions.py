from dataclasses import replace
from statistics import median

import pytest

from caption_films import FILM, GERMAN, SPANISH, film_of
from explainer.captions.line_breaks import AFTER_CLAUSE, break_cost, breaks_unit
from explainer.captions.segment import segment
from explainer.captions.violations import narrated_and_shown, violations
from explainer.clock import TICKS, frame_ticks
from explainer.spec import caption_limits
from explainer.timeline.model import TimedLine, TimedScene, TimedWord, Timeline


@pytest.mark.parametrize("fps", [15, 24, 25, 30, 60])
@pytest.mark.parametrize("onset", [0, 900, 3000])
@pytest.mark.parametrize("hold", [0, 19_200, 96_000])
def test_a_films_captions_keep_every_rule(fps, onset, hold):
    film = film_of(*FILM, fps=fps, onset=onset, hold=hold)
    made = segment(film)
    assert violations(made, film) == []
    assert median(caption.reading_speed(caption_limits("en")) for caption in made) <= 17
    assert all(c.start % frame_ticks(fps) == c.end % frame_ticks(fps) == 0 for c in made)


def test_rows_break_where_the_sentence_does():
    rows = [caption.rows for caption in segment(film_of(*FILM))]
    assert ("Healthy cells carry two copies.", "These carry dozens.") in rows
    assert ("HER2 waits for no signal.", "Its pairing arm is always open.") in rows


def test_a_text_that_fits_one_row_stays_on_one():
    (caption,) = segment(film_of("A short line, said slowly enough."))
    assert caption.rows == ("A short line, said slowly enough.",)


def test_a_cue_never_outlasts_its_line():
    film = film_of(*FILM, hold=240_000)
    ends = {line.key: line.end for line in film.lines}
    assert all(caption.end <= ends[caption.key] for caption in segment(film))


def test_a_caption_stays_half_a_second_at_most_when_silence_follows():
    film = film_of("This first line is followed by a very long silence.", "Next.", hold=240_000)
    first = segment(film)[0]
    assert 0 <= first.end - film.lines[0].speech_end <= TICKS // 2 + frame_ticks(30)


def test_a_very_short_line_is_shown_long_enough_to_be_read():
    film = film_of("Yes.", "And this is what comes after it.", pace=12)
    assert violations(segment(film), film) == []


def test_the_words_of_a_caption_are_its_rows():
    for caption in segment(film_of(*FILM)):
        assert [word.text for word in caption.words] == " ".join(caption.rows).split()


@pytest.mark.parametrize(
    ("language", "text", "at"),
    [
        ("en", "beside the membrane", 2),
        ("en", "improved by thirty percent of all", 3),
        ("en", "built to fit domain four of HER2", 4),
        ("en", "about 20,000 receptors", 2),
        ("en-GB", "carry two copies", 2),
        ("es", "junto a la membrana", 3),
        ("de", "an der Membran", 2),
        ("de", "um dreißig Prozent besser", 2),
        ("de", "in ihren Zellen", 2),
        ("es", "más de un treinta por ciento", 4),
        ("es", "más de un treinta por ciento", 5),
        ("es", "todas las células", 1),
        ("xx", "un 20 prosento", 2),
        ("en", "led by Dr. Okafor, and", 3),
        ("en", "led by Prof. Lindqvist and", 3),
        ("en", "their friend Mr. Tanaka of", 3),
        ("en-GB", "their friend Mr Tanaka of", 3),
        ("en", "to Sgt. Lee in", 2),
        ("en", "Henry Gates Jr. wrote", 2),
        ("en", "wrote to Acme Inc. and", 3),
        ("en", "as in e. g. apples", 3),
        ("en", "see Fig. 3 there", 2),
        ("en", "with J. Smith there", 2),
        ("de", "steht z. B. in", 2),
        ("de", "ist ca. zwanzig Meter", 2),
        ("de", "Haus Nr. sieben der", 2),
        ("de", "am 3. Mai kam", 2),
        ("es", "El Sr. López vino", 2),
        ("es", "La Dra. Ruiz vino", 2),
        ("fr", "hier M. Dupont est", 2),
        ("fr", "hier Mme Blanc est", 2),
        ("fr", "dans les cellules saines", 2),
        ("fr", "plus de 20 pour cent", 3),
        ("it", "Il dott. Rossi era", 2),
        ("it", "nella cellula sana", 1),
        ("pt", "O Sr. Silva veio", 2),
        ("pt", "das células sadias", 1),
        ("pt", "cerca de vinte células", 3),
        ("xx", "ka Dr. Okafor ka", 2),
    ],
)
def test_what_belongs_together_is_known(language, text, at):
    assert breaks_unit(text.split(), at, language)


@pytest.mark.parametrize(
    ("language", "text", "at"),
    [
        ("en", "one in six", 1),
        ("en", "the end. A start", 2),
        ("en", "carry two copies", 1),
        ("de", "einer von sechs", 1),
        ("de", "passt, der Arm", 1),
        ("es", "la membrana celular", 2),
        ("en", "she saw the doctor. Then", 4),
        ("en", "plants, animals, etc. and got", 3),
        ("de", "hoch, bzw. so hoch", 2),
        ("fr", "une cellule saine", 2),
    ],
)
def test_what_may_part_is_known(language, text, at):
    assert not breaks_unit(text.split(), at, language)


@pytest.mark.parametrize(
    ("language", "text", "good", "bad"),
    [
        ("es", "la célula se divide sola", 2, 3),
        ("es", "no se lo dice nadie", 4, 2),
        ("es", "crece en la membrana", 1, 2),
        ("de", "alle kranken Zellen wachsen", 3, 2),
        ("de", "sie schalten es wieder ein.", 2, 4),
        ("de", "sie kann sich teilen und wachsen", 4, 3),
    ],
)
def test_a_break_between_phrases_costs_less_than_one_inside(language, text, good, bad):
    words = text.split()
    assert break_cost(words, good, language) < break_cost(words, bad, language)


@pytest.mark.parametrize(
    ("language", "text", "at"),
    [
        ("en", "plants, animals, etc. and got", 3),
        ("en", "in the month of Jan. about plants", 5),
        ("en", "Gates Jr. wrote to", 2),
        ("en", "approx. every other", 1),
        ("de", "hoch, bzw. so hoch", 2),
        ("nl", "dat is d.w.z. dit ook", 3),
        ("pt", "plantas etc. e depois", 2),
    ],
)
def test_an_abbreviation_ends_no_sentence(language, text, at):
    assert break_cost(text.split(), at, language) > AFTER_CLAUSE


@pytest.mark.parametrize(
    ("language", "text", "at"),
    [
        ("en", "It ends here. Then it goes on", 3),
        ("en", "He lives in the U.S. It is big.", 5),
        ("de", "Das war es. Am Abend", 3),
        ("hi", "यह वाक्य है। दूसरा वाक्य", 3),
        ("ar", "هل هذا صحيح؟ نعم هو", 3),
    ],
)
def test_a_sentence_that_ends_is_the_best_place_for_a_break(language, text, at):
    assert break_cost(text.split(), at, language) == 0


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The trial that changed all of this was led by Dr. Okafor, and later by Prof. "
               "Lindqvist and their good friend Mr. Tanaka of the same clinic."),
        ("en", "Henry Louis Gates Jr. wrote to Acme Inc. and Sgt. Lee in the month of Jan. about "
               "plants, animals, etc. and got no answer."),
        ("de", "Der Turm ist ca. zwanzig Meter hoch, bzw. so hoch wie ein Haus, und steht z. B. "
               "in der Nähe von Haus Nr. sieben der Straße."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("pace", [12, 14, 16])
def test_no_row_ends_with_an_abbreviation_that_goes_on(language, text, pace):
    film = film_of(text, language=language, pace=pace)
    made = segment(film)
    assert violations(made, film) == []
    ends = {row.split()[-1] for caption in made for row in caption.rows}
    assert not ends & {"Dr.", "Prof.", "Mr.", "Sgt.", "ca.", "z.", "Nr."}


FINNISH = (
    "Terveissä soluissa on kaksi kopiota geenistä, mutta näissä soluissa niitä on kymmeniä, ja ne "
    "tekevät liian monta reseptoria.",
)
FRENCH = (
    "Avec la chimiothérapie, il a réduit de moitié environ les récidives précoces et amélioré la "
    "survie de plus de trente pour cent.",
    "M. Dupont et Mme Blanc ont vu le Dr Martin, qui leur a donné 5 mg par kilo, p. ex. toutes les "
    "trois semaines.",
)
ITALIAN = (
    "Con la chemioterapia ha dimezzato circa le recidive precoci e migliorato la sopravvivenza di "
    "oltre il trenta per cento.",
    "Il dott. Rossi e la sig.ra Bianchi hanno visto il prof. Verdi, che ha dato loro 5 mg al chilo "
    "ogni tre settimane.",
)
PORTUGUESE = (
    "Com a quimioterapia, reduziu pela metade as recidivas precoces e melhorou a sobrevida em mais "
    "de trinta por cento.",
    "O Sr. Silva e a Dra. Souza viram o Prof. Lima, que lhes deu 5 mg por quilo a cada três "
    "semanas, etc. e depois nada.",
)
# what no row may end with while its sentence goes on
DANGLING = {
    "es": "el la los las un una unos unas su sus al del de en con por para a que y o pero si se me "
    "te le les nos lo no muy más es son ha han está va cada otra todo este esta estas",
    "de": "der die das den dem des ein eine einen einem sein seine ihr ihre im am zum von mit auf "
    "an in um und oder aber dass wenn zu nicht ist sind wird werden kann hat sich diese alle pro",
    "fr": "le la les un une des du au aux de et ou à qui que dans par pour ne pas m. mme dr p.",
    "it": "il lo la i gli le un una di del della e o che con per non dott. prof. sig.ra",
    "pt": "o a os as um uma de do da dos das e ou que com por para não sr. dra. prof.",
}


@pytest.mark.parametrize("pace", [12, 15])
@pytest.mark.parametrize(
    ("language", "texts"), [("fr", FRENCH), ("it", ITALIAN), ("pt-BR", PORTUGUESE)]
)
def test_french_italian_and_portuguese_keep_together_what_belongs_together(language, texts, pace):
    film = film_of(*texts, language=language, pace=pace)
    made = segment(film)
    assert violations(made, film) == []
    ends = [row.split()[-1].lower() for caption in made for row in caption.rows]
    assert [end for end in ends if end in DANGLING[language[:2]].split()] == []


@pytest.mark.parametrize("fps", [24, 30])
@pytest.mark.parametrize("pace", [14.5, 16.5])
@pytest.mark.parametrize(
    ("language", "texts"), [("es", SPANISH), ("de-AT", GERMAN), ("fi", FINNISH)]
)
def test_other_languages_keep_the_same_rules(language, texts, fps, pace):
    film = film_of(*texts, language=language, fps=fps, pace=pace)
    made = segment(film)
    assert violations(made, film) == []
    loose = DANGLING.get(language[:2], "").split()
    ends = [row.split()[-1].lower() for caption in made for row in caption.rows]
    assert [end for end in ends if end in loose] == []


def test_a_word_is_not_left_alone_when_the_line_can_be_cut_otherwise():
    for language, texts in (("en", FILM), ("es", SPANISH)):
        made = segment(film_of(*texts, language=language))
        assert [c.rows for c in made if len(c.words) == 1] == []


def one(film: Timeline, **changes: object) -> list[str]:
    made = list(segment(film))
    made[0] = replace(made[0], **changes)
    return violations(made, film)


@pytest.mark.fault("caption form")
@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"rows": ("x" * 43,)}, "43 characters"),
        ({"rows": ("About", "one", "in")}, "3 rows"),
        ({"end": 20_000}, "lasts 0.42 s"),
        ({"end": 480_000}, "lasts 10.00 s"),
        ({"end": 100_000}, "characters/s"),
        ({"start": 9600}, "from its first word"),
        ({"start": -9600}, "reaches out"),
        ({"key": "s.nothing"}, "no line"),
        ({"rows": ("About one in seven",)}, "narrated"),
    ],
)
def test_every_seeded_fault_is_named(changes, word):
    assert any(word in fault for fault in one(film_of(*FILM), **changes))


@pytest.mark.fault("caption form")
def test_a_gap_that_flickers_is_a_fault():
    film = film_of(*FILM)
    made = list(segment(film))
    made[0] = replace(made[0], end=made[1].start - 5 * frame_ticks(30))
    assert any("gap after caption 1" in fault for fault in violations(made, film))


@pytest.mark.fault("captions")
def test_a_missing_caption_is_a_fault():
    film = film_of(*FILM)
    assert any("narrated" in fault for fault in violations(segment(film)[1:], film))


@pytest.mark.fault("caption form")
def test_a_break_between_article_and_noun_is_a_fault():
    film = film_of("It is beside the membrane there.")
    (made,) = segment(film)
    parted = replace(made, rows=("It is beside the", "membrane there."))
    assert any("between “the” and “membrane”" in fault for fault in violations([parted], film))


@pytest.mark.fault("caption form")
@pytest.mark.parametrize(("speed", "wrong"), [(20.04, False), (20.5, True)])
def test_more_than_twenty_characters_a_second_are_a_fault(speed, wrong):
    film = film_of("A short line, said slowly enough.")
    (made,) = segment(film)
    length = round(len(made.rows[0]) / speed * TICKS)
    found = violations([replace(made, end=made.start + length)], film)
    assert any("runs at 20.5 characters/s, over 20" in fault for fault in found) == wrong


@pytest.mark.fault("caption form")
@pytest.mark.parametrize(
    ("late", "said"), [(1.5, []), (1.7, ["stays 1.70 s after its last word, over 1.5 s"])]
)
def test_a_caption_that_stays_too_long_says_how_long(late, said):
    film = film_of("A short line, said slowly enough.", hold=240_000)
    (made,) = segment(film)
    stays = replace(made, end=made.words[-1].end + round(late * TICKS))
    assert [fault.partition("”) ")[2] for fault in violations([stays], film)] == said


@pytest.mark.fault("caption form")
@pytest.mark.parametrize(("speed", "said"), [(16.9, ""), (17.5, "17.5 characters/s, over 17")])
def test_captions_that_run_too_fast_on_the_whole_are_a_fault(speed, said):
    film = film_of("A short line, said slowly enough.")
    (made,) = segment(film)
    brisk = replace(made, end=made.start + round(len(made.rows[0]) / speed * TICKS))
    assert violations([brisk], film) == ([f"the median speed is {said}"] if said else [])


def test_a_word_that_is_not_narrated_is_told_with_what_stands_there():
    film = film_of("A short line, said slowly enough.")
    (made,) = segment(film)
    found = violations([replace(made, rows=("A short line, said rather slowly.",))], film)
    assert "word 5 is “rather slowly.” where “slowly enough.” is narrated" in found


def lone(spoken: int, length: int) -> Timeline:
    """A film of one word that is `spoken` ticks long, in a line of `length` ticks."""
    word = TimedWord("Yes.", 0, spoken, "engine")
    line = TimedLine("s", "l", 0, 0, spoken, length, "Yes.", "", (), (word,), ())
    return Timeline("f", "F", "en", 30, "v", (TimedScene("s", "S", (line,)),))


@pytest.mark.parametrize(
    ("spoken", "length", "end"),
    [
        (TICKS // 3, 64_000, 40_000),  # half a second after the word is just long enough
        (9_600, 81_600, 40_000),
        (9_600, 83_200, 40_000),
        (9_600, 400_000, 40_000),
        (TICKS, 100_000, 72_000),  # half a second after the word
    ],
)
def test_a_single_word_is_shown_long_enough_and_no_longer(spoken, length, end):
    film = lone(spoken, length)
    (made,) = segment(film)
    assert made.end == end
    assert violations([made], film) == []


@pytest.mark.parametrize("frames", [1, 2, 3])
def test_a_caption_lasts_a_frame_even_where_there_is_no_room(frames):
    frame = frame_ticks(30)
    words = tuple(TimedWord("Go.", at, at + 100, "engine") for at in (0, frames * frame))
    lines = tuple(
        TimedLine(
            "s", f"l{i}", w.start, w.start, w.end, (i + 1) * frames * frame, "Go.", "", (), (w,), ()
        )
        for i, w in enumerate(words)
    )
    made = segment(Timeline("f", "F", "en", 30, "v", (TimedScene("s", "S", lines),)))
    assert all(caption.end - caption.start == frame for caption in made[:1])


LONG = {
    "de": "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz",
    "en": "https://example.org/a-long-way/of-names/to-a-page.html?with=more&and=more",
    "fi": "lentokonesuihkuturbiinimoottoriapumekaanikkoaliupseerioppilas",
    "xx": "abcdefghij" * 6,
}


@pytest.mark.parametrize("language", LONG)
def test_a_word_longer_than_a_row_is_broken_over_rows_that_are_in_form(language):
    film = film_of(f"So the law of {LONG[language]} came to be known.", language=language)
    made = segment(film)
    assert violations(made, film) == []
    rows = [row for caption in made for row in caption.rows]
    assert LONG[language] not in rows
    joined = " ".join(rows).replace("- ", "").replace(" ", "")
    assert LONG[language].replace("-", "") in joined.replace("-", "")
    said, there = narrated_and_shown([caption.rows for caption in made], film)
    assert said == there
    starts = [word.start for caption in made for word in caption.words]
    assert starts == sorted(starts)


def test_a_long_word_is_hyphenated_at_a_syllable():
    film = film_of(f"Das {LONG['de']} gilt.", language="de")
    assert segment(film)[0].rows[0] == "Das Rindfleischetikettierungsüberwa-"


def test_the_first_caption_comes_with_the_first_word():
    assert segment(film_of(*FILM, onset=19_200))[0].start == 19_200


def test_an_empty_row_is_no_break():
    film = film_of("A short line, said slowly enough.")
    (made,) = segment(film)
    for rows in ((*made.rows, ""), ("", *made.rows)):
        assert violations([replace(made, rows=rows)], film) == []
