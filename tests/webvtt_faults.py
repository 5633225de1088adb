"""Faults of a WebVTT file, each as a pattern and what to put in its place."""

from __future__ import annotations

FAULTS = {
    "no signature": ("WEBVTT", ""),
    "a signature misspelt": ("WEBVTT", "WEBVT"),
    "no empty line after the signature": ("WEBVTT\n\n", "WEBVTT\n"),
    "a cue out of order": (r"\n2\n\S+ --> \S+", "\n2\n00:00:00.000 --> 00:00:00.100"),
    "an overlap": (r"\n2\n\S+", "\n2\n00:00:00.900"),
    "an end before its start": (r"--> \S+", "--> 00:00:00.001"),
    "an end at its start": (r"(\S+) --> \S+", r"\1 --> \1"),
    "sixty seconds": (r"(\d+:\d+:)\d+(\.\d+) -->", r"\g<1>60\2 -->"),
    "sixty minutes": (r"\d+(:\d+\.\d+) -->", r"60\1 -->"),
    "a comma in a time": (r"\.(\d+) -->", r",\1 -->"),
    "two decimals in a time": (r"\d -->", " -->"),
    "no milliseconds": (r"\.\d+ -->", " -->"),
    "an arrow without blanks": (" --> ", "-->"),
    "an arrow in the text": ("She", "She --> They"),
    "a raw ampersand": ("She", "She & they"),
    "an unknown escape": ("She", "&she;"),
    "a raw less-than": ("She", "She < they"),
    "a tag that is not closed": ("She", "<i>She"),
    "an empty line inside a cue": ("often", "\n\noften"),
    "a cue without text": (r"(\n2\n.*)\n.*", r"\1"),
    "a doubled identifier": (r"\n2\n", "\n1\n"),
    "a null character": ("She", "\0She"),
    "a carriage return": ("She", "\rShe"),
    "a setting": (r"( --> \S+)", r"\1 line:9"),
}
