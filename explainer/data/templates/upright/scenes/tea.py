"""Steps that light up, laid out in the safe area of any frame: upright, square or wide."""

from manim import *

from explainer.blocks import ON_DARK, Steps
from explainer.scene import NarratedScene, label_texts

config.background_color = ON_DARK.ground
Text.set_default(font="Inter")


class Tea(NarratedScene):
    def steps(self):
        steps = Steps(label_texts("process"))
        self.add(steps)
        self.play(steps.go_to(1), at="boil", run_time=0.5)
        self.play(steps.go_to(2), at="pour", run_time=0.5)
        self.play(steps.go_to(3), at="draw", run_time=0.5)
