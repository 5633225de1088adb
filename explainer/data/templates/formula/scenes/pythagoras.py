"""Pythagoras: the formula is set by Typst, which comes with the program."""

from manim import *

from explainer.scene import NarratedScene, safe_area

SHORT, MIDDLE, LONG = "#5AB0FF", "#6BD968", "#FFB454"


class Pythagoras(NarratedScene):
    def corner(self):
        area = safe_area()
        # sides of 3, 4 and 5 units; with its squares it is 10 units wide and 11 high
        unit = min(area.width / 17, area.height / 11.5)
        right = area.center + (5.5 * LEFT + 1.5 * DOWN) * unit
        self.beside = right + (10 * RIGHT + 1.5 * UP) * unit
        top, side = right + 3 * unit * UP, right + 4 * unit * RIGHT
        self.a = Line(right, top, color=SHORT)
        self.b = Line(right, side, color=MIDDLE)
        self.c = Line(top, side, color=LONG)
        mark = Square(0.4 * unit, color=WHITE, stroke_width=2)
        mark.move_to(right, aligned_edge=DL)
        self.play(Create(VGroup(self.a, self.b, self.c)), run_time=0.8)
        self.play(Create(mark), at="corner", run_time=0.4)

    def squares(self):
        small = VGroup(self.square(self.a, SHORT), self.square(self.b, MIDDLE))
        large = self.square(self.c, LONG)
        formula = MathTypst("a^2 + b^2 = c^2").scale_to_fit_width(self.b.get_length() * 1.2)
        formula.move_to(self.beside)
        self.play(FadeIn(small), at="short", run_time=0.8)
        self.play(FadeIn(large), FadeIn(formula), at="long", run_time=0.8)

    def square(self, side, colour):
        """A square on the outer side of a line."""
        start, end = side.get_start(), side.get_end()
        along = end - start
        out = rotate_vector(along, PI / 2)
        if np.dot(out, self.c.get_center() - self.a.get_start()) > 0 and side is not self.c:
            out = -out
        made = Polygon(start, end, end + out, start + out, color=colour, stroke_width=2)
        return made.set_fill(colour, opacity=0.4)
