"""TTML in the text profile of IMSC 1.1: white on dark boxes, where burnt-in captions stand.

https://www.w3.org/TR/ttml-imsc1.1/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from xml.etree import ElementTree

from ttconv import model
from ttconv import style_properties as css
from ttconv.imsc import writer
from ttconv.imsc.attributes import TimeExpressionSyntaxEnum
from ttconv.imsc.config import ContentProfilesSignaling, IMSCWriterConfiguration

from explainer.captions.formats.base import CaptionFormat, time_pattern, to_ms, to_ticks
from explainer.captions.model import Caption
from explainer.errors import error_text
from explainer.languages import text_direction
from explainer.media.probe import CaptionEvent

_TIME = re.compile(time_pattern(".") + r"\Z")
_TT = "{http://www.w3.org/ns/ttml}"
_REGION = {
    css.StyleProperties.Origin: css.CoordinateType(
        css.LengthType(5, css.LengthType.Units.pct), css.LengthType(82, css.LengthType.Units.pct)
    ),
    css.StyleProperties.Extent: css.ExtentType(
        css.LengthType(14, css.LengthType.Units.pct), css.LengthType(90, css.LengthType.Units.pct)
    ),
    css.StyleProperties.FontSize: css.LengthType(4.2, css.LengthType.Units.rh),
    css.StyleProperties.FontFamily: (css.GenericFontFamilyType.proportionalSansSerif,),
    css.StyleProperties.Color: css.NamedColors.white.value,
    css.StyleProperties.DisplayAlign: css.DisplayAlignType.after,
    css.StyleProperties.TextAlign: css.TextAlignType.center,
}


def write(captions: Sequence[Caption], language: str) -> str:
    """The captions as TTML.

    What runs right to left says so, for a player takes a paragraph to run left to right.
    """
    doc = model.ContentDocument()
    doc.set_lang(language)
    doc.set_content_profiles({"http://www.w3.org/ns/ttml/profile/imsc1.1/text"})
    body = model.Body(doc)
    div = model.Div(doc)
    region = model.Region("bottom", doc)
    for style, value in _REGION.items():
        region.set_style(style, value)
    doc.put_region(region)
    body.set_region(region)
    runs_left = text_direction(language) == "rtl"
    for caption in captions:
        paragraph = model.P(doc)
        paragraph.set_begin(Fraction(to_ms(caption.start), 1000))
        paragraph.set_end(Fraction(to_ms(caption.end), 1000))
        if runs_left:
            paragraph.set_style(css.StyleProperties.Direction, css.DirectionType.rtl)
            paragraph.set_style(css.StyleProperties.UnicodeBidi, css.UnicodeBidiType.embed)
        for number, row in enumerate(caption.rows):
            if number:
                paragraph.push_child(model.Br(doc))
            span = model.Span(doc)
            if runs_left:
                span.set_style(css.StyleProperties.UnicodeBidi, css.UnicodeBidiType.embed)
            span.set_style(css.StyleProperties.BackgroundColor, css.ColorType((6, 8, 18, 214)))
            span.push_child(model.Text(doc, row))
            paragraph.push_child(span)
        div.push_child(paragraph)
    body.push_child(div)
    doc.set_body(body)
    config = IMSCWriterConfiguration(
        time_format=TimeExpressionSyntaxEnum.clock_time,
        profile_signaling=ContentProfilesSignaling.CONTENT_PROFILES,
    )
    root = writer.from_model(doc, config).getroot()
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def read(text: str) -> Iterator[CaptionEvent]:
    """The cues of a TTML file: its paragraphs, whose rows line breaks part."""
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ValueError(f"it is not XML: {error_text(error)}") from None
    if root.tag != f"{_TT}tt":
        raise ValueError("it is not TTML")
    for number, paragraph in enumerate(root.iter(f"{_TT}p"), 1):
        begin = _TIME.match(paragraph.get("begin", ""))
        end = _TIME.match(paragraph.get("end", ""))
        if not begin or not end:
            raise ValueError(f"cue {number} has no begin and end as HH:MM:SS.mmm")
        for line_break in paragraph.iter(f"{_TT}br"):
            line_break.text = "\n"
        rows = tuple("".join(paragraph.itertext()).split("\n"))
        yield CaptionEvent(to_ticks(begin.groups()), to_ticks(end.groups()), rows)


FORMAT = CaptionFormat(".ttml", "application/ttml+xml", write, read)
