"""Drawings that explainers need again and again: ordinary mobjects, for scenes to import.

Each is laid out in the safe area of the frame's own aspect, takes its texts as arguments (from
`label_texts`, so that they are translated), and has animations that `self.play` takes with cues.
"""

from __future__ import annotations

from explainer.blocks.bars import BarRace
from explainer.blocks.chart import Curve, CurveChart
from explainer.blocks.comparison import BeforeAfter, PictureWipe
from explainer.blocks.counter import Counter
from explainer.blocks.dates import Timeline
from explainer.blocks.listing import CodeListing
from explainer.blocks.palette import ON_DARK, ON_LIGHT, Palette
from explainer.blocks.people import PeopleMap
from explainer.blocks.steps import Steps
from explainer.blocks.table import read_table

__all__ = [
    "ON_DARK",
    "ON_LIGHT",
    "BarRace",
    "BeforeAfter",
    "CodeListing",
    "Counter",
    "Curve",
    "CurveChart",
    "Palette",
    "PeopleMap",
    "PictureWipe",
    "Steps",
    "Timeline",
    "read_table",
]
