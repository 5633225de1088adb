"""Captions in the forms that players and sites take: one list of them in, a text for each file out.

`FORMATS` names every form by the suffix of its file; each is made from the captions themselves,
never from another form.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from xml.etree.ElementTree import tostring

from ttconv import model
from ttconv import style_properties as css
from ttconv.imsc import writer
from ttconv.imsc.attributes import TimeExpressionSyntaxEnum
from ttconv.imsc.config import ContentProfilesSignaling, IMSCWriterConfiguration

from explainer.captions.model import Caption
from explainer.clock import MILLISECOND, stamp
from explainer.languages import direction

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


def srt(captions: Sequence[Caption], _: str) -> str:
    """The captions as SubRip text; rows stand as they are, for SubRip knows no escapes."""
    return "".join(
        f"{number}\n{stamp(c.start, ',')} --> {stamp(c.end, ',')}\n{chr(10).join(c.rows)}\n\n"
        for number, c in enumerate(captions, 1)
    )


def vtt(captions: Sequence[Caption], language: str) -> str:
    """The captions as WebVTT text: running numbers for ids, `&`, `<` and `>` escaped."""
    cues = [
        f"{number}\n{stamp(c.start)} --> {stamp(c.end)}\n{_escaped(chr(10).join(c.rows))}\n"
        for number, c in enumerate(captions, 1)
    ]
    return "\n".join(["WEBVTT\n", f"NOTE Language: {_escaped(language)}\n", *cues])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def words(captions: Sequence[Caption], language: str) -> str:
    """WebVTT with the moment of each word in it, for players that light words up.

    A word carries no time where WebVTT allows none: if it starts with its caption or with the
    word before it, or after the caption's end.
    """
    cues = [
        f"{number}\n{stamp(c.start)} --> {stamp(c.end)}\n{_timed(c)}\n"
        for number, c in enumerate(captions, 1)
    ]
    return "\n".join(["WEBVTT\n", f"NOTE Language: {_escaped(language)}, words timed\n", *cues])


def _timed(caption: Caption) -> str:
    last, words, rows = _ms(caption.start), iter(caption.words), []
    for row, inside in zip(caption.rows, caption.spans, strict=True):
        made, done = "", 0
        for (begin, end), word in zip(inside, words, strict=False):
            timed = last < _ms(word.start) < _ms(caption.end)
            last = _ms(word.start) if timed else last
            stamped = f"<{stamp(word.start)}>" if timed else ""
            made += _escaped(row[done:begin]) + stamped + _escaped(row[begin:end])
            done = end
        rows.append(made + _escaped(row[done:]))
    return "\n".join(rows)


def _ms(at: int) -> int:
    return (at + MILLISECOND // 2) // MILLISECOND


def ttml(captions: Sequence[Caption], language: str) -> str:
    """TTML in the text profile of IMSC 1.1: white on dark boxes, where burnt-in captions stand.

    What runs right to left says so, for a player takes a paragraph to run left to right.
    """
    doc = model.ContentDocument()
    doc.set_lang(language)
    doc.set_content_profiles({"http://www.w3.org/ns/ttml/profile/imsc1.1/text"})
    body, div, region = model.Body(doc), model.Div(doc), model.Region("bottom", doc)
    for style, value in _REGION.items():
        region.set_style(style, value)
    doc.put_region(region)
    body.set_region(region)
    leftward = direction(language) == "rtl"
    for caption in captions:
        paragraph = model.P(doc)
        paragraph.set_begin(Fraction(_ms(caption.start), 1000))
        paragraph.set_end(Fraction(_ms(caption.end), 1000))
        if leftward:
            paragraph.set_style(css.StyleProperties.Direction, css.DirectionType.rtl)
            paragraph.set_style(css.StyleProperties.UnicodeBidi, css.UnicodeBidiType.embed)
        for number, row in enumerate(caption.rows):
            if number:
                paragraph.push_child(model.Br(doc))
            span = model.Span(doc)
            if leftward:
                span.set_style(css.StyleProperties.UnicodeBidi, css.UnicodeBidiType.embed)
            span.set_style(css.StyleProperties.BackgroundColor, css.ColorType((6, 8, 18, 214)))
            span.push_child(model.Text(doc, row))
            paragraph.push_child(span)
        div.push_child(paragraph)
    body.push_child(div)
    doc.set_body(body)
    how = IMSCWriterConfiguration(
        time_format=TimeExpressionSyntaxEnum.clock_time,
        profile_signaling=ContentProfilesSignaling.CONTENT_PROFILES,
    )
    root = writer.from_model(doc, how).getroot()
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


FORMATS: dict[str, Callable[[Sequence[Caption], str], str]] = {
    ".srt": srt,
    ".vtt": vtt,
    ".words.vtt": words,
    ".ttml": ttml,
}
"""Takes the captions and their language tag, gives the text of the file with that suffix."""
