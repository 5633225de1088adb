"""What air is made of: bars from a table in assets/."""

from manim import *

from explainer.blocks import ON_DARK, BarRace, read_table
from explainer.scene import NarratedScene, label_texts

config.background_color = ON_DARK.ground
Text.set_default(font="Inter")


class Air(NarratedScene):
    def shares(self):
        shares = read_table("air.csv").numbers("percent")
        # from nothing, nitrogen grows first, then the others
        rows = [[0, share, share] if n == 0 else [0, 0, share] for n, share in enumerate(shares)]
        bars = BarRace(
            label_texts("gases"),
            rows,
            template="{} %",
            decimals=1,
            separators=label_texts("separators"),
        )
        self.add(bars)
        self.play(bars.advance_to(2), at="nitrogen", run_time=1)
        self.play(bars.advance_to(3), at="oxygen", run_time=1)
