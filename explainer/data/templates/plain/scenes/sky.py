"""Why the sky is blue: one method for each line of the script."""

from manim import *

from explainer.scene import NarratedScene, label_texts, safe_area

Text.set_default(font="Inter")
RAINBOW = ["#FF5A5A", "#FF9F45", "#FFE066", "#6BD968", "#5AB0FF", "#9B7BFF"]


class Sky(NarratedScene):
    def sunlight(self):
        area = safe_area()
        middle = area.center
        start = middle + 0.45 * area.width * LEFT
        sun = Line(start, middle, stroke_width=10, color=WHITE)
        ends = [
            middle + 0.45 * area.width * RIGHT + y * UP for y in (1.5, 0.9, 0.3, -0.3, -0.9, -1.5)
        ]
        self.rays = VGroup(
            *(Line(middle, end, stroke_width=8, color=colour) for end, colour in zip(ends, RAINBOW))
        )
        self.sun = sun
        self.play(Create(sun), until="sun")  # ends as the word begins
        self.play(Create(self.rays), at="colours", run_time=1)

    def air(self):
        area = safe_area()
        (blue,) = label_texts("blue")
        (red,) = label_texts("red")
        self.play(FadeOut(self.sun, self.rays), run_time=0.4)
        centre = area.center + 0.5 * UP
        dots = VGroup(*(Dot(centre, 0.09, color=RAINBOW[4]) for _ in range(24)))
        flight = [
            dot.animate.shift(1.3 * (np.cos(turn) * RIGHT + np.sin(turn) * UP))
            for dot, turn in zip(dots, np.linspace(0, TAU, 24, endpoint=False))
        ]
        name = Text(blue, font_size=40, color=RAINBOW[4]).next_to(centre, UP, buff=1.5)
        self.add(dots)
        self.play(AnimationGroup(*flight), FadeIn(name), at="blue", run_time=0.8)
        ray = Line(
            centre + 0.45 * area.width * LEFT + 2.3 * DOWN,
            centre + 0.45 * area.width * RIGHT + 2.3 * DOWN,
            stroke_width=8,
            color=RAINBOW[0],
        )
        straight = Text(red, font_size=40, color=RAINBOW[0]).next_to(ray, UP, buff=0.2)
        self.play(Create(ray), FadeIn(straight), at="red", run_time=0.6)
