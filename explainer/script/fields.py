"""The fields of scripts and translations: their names, what each is, and which must be there.

The readers take the names from here, and `schema` what editors check and complete by.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

JsonSchema = dict[str, Any]

MAX_LIMIT = 4 * 3600.0
"""Longest film in seconds; also the limit of a script that sets none."""
MAX_HOLD = 30.0
"""Seconds that a line may be held after its last word."""
MAX_BELOW = 60.0
"""Decibels that music may lie below the voice."""
MAX_LABEL_TEXTS = 4
"""Texts that one label may have, each a line of its own."""
MIN_ANSWERS = 2
MAX_ANSWERS = 6
"""Answers that a question of the page may have."""
MAX_QUESTIONS = 60
"""Questions that a page may have."""

NAME_PATTERN = "[a-z][a-z0-9-]{0,39}"
TAG_PATTERN = "[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}"
VOICE_PATTERN = "[a-z][a-z0-9-]*(:[A-Za-z0-9_.-]{1,60})?"

NAME: JsonSchema = {"type": "string", "pattern": f"^{NAME_PATTERN}$"}
# a text that looks like a number is one for an editor, and a text for the reader
TEXT: JsonSchema = {"type": ["string", "number"]}
DAY: JsonSchema = {"type": "string", "format": "date"}
TAG: JsonSchema = {"type": "string", "pattern": f"^{TAG_PATTERN}$"}
VOICE: JsonSchema = {"type": "string", "pattern": f"^{VOICE_PATTERN}$"}
VOICES: JsonSchema = {"anyOf": [VOICE, {"type": "array", "items": VOICE, "minItems": 1}]}
SAY = "the sentence that is spoken; [words]{cue} marks a moment, {0.4} is a pause of 0.4 s"
LABEL: JsonSchema = {
    "anyOf": [
        TEXT,
        {"type": "array", "items": TEXT, "minItems": 1, "maxItems": MAX_LABEL_TEXTS},
    ]
}


def by_name(items: JsonSchema, names: JsonSchema | None = None) -> JsonSchema:
    """A mapping from any names, or from plain ones, to values of one kind."""
    made: JsonSchema = {"type": "object", "additionalProperties": items}
    return {**made, "propertyNames": names} if names else made


def number(most: float) -> JsonSchema:
    """A number from 0 up."""
    return {"type": "number", "minimum": 0, "maximum": most}


@dataclass(frozen=True, slots=True)
class Field:
    """A key of a mapping; `schema` says what its value is, beside what the reader finds out."""

    name: str
    about: str
    schema: JsonSchema
    required: bool = False


Fields = tuple[Field, ...]


def names(fields: Fields) -> list[str]:
    """The keys that a mapping may have."""
    return [field.name for field in fields]


def required(fields: Fields) -> list[str]:
    """Those of them that it must have."""
    return [field.name for field in fields if field.required]


def mapping(fields: Fields) -> JsonSchema:
    """The JSON Schema of a mapping with these fields and no others."""
    made: JsonSchema = {
        "type": "object",
        "properties": {
            field.name: {"description": field.about, **field.schema} for field in fields
        },
        "additionalProperties": False,
    }
    if needed := required(fields):
        made["required"] = needed
    return made


SPEAKER: Fields = (
    Field("voice", "who speaks it, if not the film's voice", VOICE),
    Field("speaker", "the name that captions and transcript give who speaks", TEXT),
)
SOURCE: Fields = (
    Field("title", "the title of the paper, book or page", TEXT, required=True),
    Field("where", "where it was published", TEXT, required=True),
    Field("doi", "its DOI, as in 10.1038/nature01392", TEXT),
)
MUSIC: Fields = (
    Field("bed", "the background music, a file in assets/", TEXT, required=True),
    Field("below", "how many decibels it lies below the voice", number(MAX_BELOW)),
)
PAGE_TEXTS: Fields = (
    Field("about", "what the film is about, in a sentence or two", TEXT),
    Field("notice", "a notice, as “education, not medical advice”", TEXT),
    Field("tags", "words that a film is found by", {"type": "array", "items": TEXT}),
)
ANSWER: Fields = (
    Field("right", "the answer, if it is the right one", TEXT),
    Field("wrong", "the answer, if it is not", TEXT),
    Field("why", "the reason why it is right or wrong", TEXT, required=True),
)
ANSWERS: JsonSchema = {
    "type": "array",
    "items": mapping(ANSWER),
    "minItems": MIN_ANSWERS,
    "maxItems": MAX_ANSWERS,
}
QUESTION: Fields = (
    Field("id", "the name by which translations and answers know it", NAME, required=True),
    Field("ask", "the question", TEXT, required=True),
    Field("answers", "what there is to choose; one is right", ANSWERS, required=True),
    Field("cite", "names of sources; needed where a number is", {"type": "array", "items": TEXT}),
    Field("after", "the line at which it is asked, as scene.line; at the end if not said", TEXT),
    Field("try", "what to do with the interactive part before the answer is seen", TEXT),
    Field("state", "how the interactive part begins, as its own address says it", TEXT),
)
PAGE: Fields = (
    *PAGE_TEXTS,
    Field("url", "the folder where its pages are published, as https://example.org/films/", TEXT),
    Field("date", "the day on which the film is published, as 2026-11-28", DAY),
    Field("xapi", "the address of an xAPI store that SCORM packages may report to", TEXT),
    Field("explore", "an ES module in assets/ that is the page's interactive part", TEXT),
    Field(
        "questions",
        "questions at the end of the film, or at its lines",
        {"type": "array", "items": mapping(QUESTION), "maxItems": MAX_QUESTIONS},
    ),
)
TRANSLATION_QUESTION: Fields = (
    Field("ask", "the question", TEXT, required=True),
    Field("answers", "its answers, in the script's order", ANSWERS, required=True),
    Field("try", "what to do with the interactive part", TEXT),
)
TRANSLATION_PAGE: Fields = (
    *PAGE_TEXTS,
    Field("questions", "its questions, by id", by_name(mapping(TRANSLATION_QUESTION), NAME)),
)
LINE: Fields = (
    Field("id", "the method of the scene's class that draws it", NAME, required=True),
    Field("say", f"{SAY}; empty for a silent line", TEXT, required=True),
    Field("show", "what is to be seen, in words, for those who cannot", TEXT, required=True),
    Field("labels", "texts in the picture, by name", by_name(LABEL, NAME)),
    Field("cite", "names of sources; needed where a number is", {"type": "array", "items": TEXT}),
    Field("hold", "seconds of silence after the last word", number(MAX_HOLD)),
    Field("sounds", "a sound in assets/ for a cue", by_name(TEXT, NAME)),
    *SPEAKER,
)
SCENE: Fields = (
    Field("id", "the file in scenes/ that draws it, and its class", NAME, required=True),
    Field("title", "the chapter's title", TEXT, required=True),
    Field(
        "lines",
        "its lines, in order",
        {"type": "array", "items": mapping(LINE), "minItems": 1},
        required=True,
    ),
    *SPEAKER,
)
SPEECH: Fields = (
    Field("voice", "voices in order; the first that can speaks the whole film", VOICES),
    Field("engines", "options of single voices", by_name({"type": "object"})),
    Field("lexicon", "how words are spoken: as written, then as spoken", by_name(TEXT)),
    Field("phonemes", "words in the phonemes of single voices", by_name(by_name(TEXT))),
)
SCRIPT: Fields = (
    Field("name", "what its files are called by", NAME, required=True),
    Field("title", "the film's title", TEXT, required=True),
    Field("language", "the language that it is spoken in, as en or pt-BR", TAG),
    Field("limit", "the most seconds that it may last", number(MAX_LIMIT)),
    Field("poster", "the moment of its poster, as in scene.line@cue", TEXT),
    Field("music", "its background music", mapping(MUSIC)),
    Field("page", "what its page says besides the lines", mapping(PAGE)),
    *SPEECH,
    Field("sources", "what lines cite, by name", by_name(mapping(SOURCE), NAME)),
    Field(
        "scenes",
        "its scenes, in order",
        {"type": "array", "items": mapping(SCENE), "minItems": 1},
        required=True,
    ),
)
TRANSLATION_LINE: Fields = (
    Field("say", SAY, TEXT),
    Field("show", "what is to be seen, in words", TEXT, required=True),
    Field("labels", "the texts in the picture, by the script's names", by_name(LABEL, NAME)),
    *SPEAKER,
)
TRANSLATION_SCENE: Fields = (
    Field("title", "the chapter's title", TEXT, required=True),
    Field("lines", "its lines, by id", by_name(mapping(TRANSLATION_LINE), NAME), required=True),
    *SPEAKER,
)
TRANSLATION: Fields = (
    Field("language", "the language of this file", TAG, required=True),
    Field("title", "the film's title", TEXT, required=True),
    Field("page", "what its page says besides the lines", mapping(TRANSLATION_PAGE)),
    *SPEECH,
    Field("scenes", "its scenes, by id", by_name(mapping(TRANSLATION_SCENE), NAME), required=True),
)

OWNERS = {"a line": LINE, "a scene": SCENE, "the script": SCRIPT, "page": PAGE, "music": MUSIC}
OWNERS |= {"a question": QUESTION, "an answer": ANSWER}
"""Whose fields they are, as messages say it."""


def owner(name: str) -> str:
    """What has a field of this name, as messages say it; empty if nothing has."""
    return next((what for what, fields in OWNERS.items() if name in names(fields)), "")


def schema(
    fields: Fields, title: str, engines: Iterable[tuple[str, JsonSchema, bool]]
) -> JsonSchema:
    """The whole JSON Schema of a script or a translation.

    `engines` are the voices: the name of each, the schema of its options, and whether it takes
    phonemes.
    """
    made: JsonSchema = {"$schema": "http://json-schema.org/draft-07/schema#", "title": title}
    made |= mapping(fields)
    voices = list(engines)
    properties = made["properties"]
    properties["engines"]["additionalProperties"] = False
    properties["engines"]["properties"] = {name: options for name, options, _ in voices if options}
    properties["phonemes"]["additionalProperties"] = False
    properties["phonemes"]["properties"] = {
        name: by_name(TEXT) for name, _, phonemes in voices if phonemes
    }
    return made
