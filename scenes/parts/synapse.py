"""The contact of killer and tumor cell in close-up, with a bilayer for each of them."""

from __future__ import annotations

import numpy as np
from manim import PI, RIGHT, UP, Animation, Rectangle, VGroup, config

from explainer.scene import RadialGradient
from look import DUSK, NIGHT, by_aspect
from parts.antibody import Antibody
from parts.cells import FcReceptor
from parts.granule import Granule, PerforinPore, fall_through
from parts.membrane import HALF, Membrane
from parts.receptor import HER2Receptor

LEVEL = by_aspect(-1.15, -1.7, -1.0)
"""The height of the tumor cell's membrane."""
KILLER_LEVEL = by_aspect(1.95, 1.9, 2.1)
"""The height of the killer's."""
SCALE = by_aspect(0.62, 0.62, 0.55)
"""Of receptors and antibodies."""
PORE_RADIUS = by_aspect(1.2, 1.05, 0.9)
"""An antibody is about 1.4 wide here; a pore with its wall is up to twice as wide."""
PAIRS = by_aspect((-4.6, 4.6), (-2.75, 2.75), (-2.9, 2.9))
"""Where an antibody holds two receptors."""
ENDS = np.array(
    by_aspect(
        [(-2.3, -1.35, 0), (1.0, -1.75, 0), (2.9, -0.8, 0)],
        [(-1.7, -2.1, 0), (0.7, -3.0, 0), (2.1, -1.7, 0)],
        [(-1.5, -1.2, 0), (0.5, -1.75, 0), (1.6, -1.1, 0)],
    )
)
"""Where granzymes end up, from the pore's middle."""


class Synapse(VGroup):
    """The narrow gap between killer (above) and tumor cell, as wide as the frame.

    FcγRIIIa reach down from the killer and grip antibodies close to the hinge. `gate` holds the
    pore; `granule` waits above the killer's membrane.
    """

    def __init__(self) -> None:
        night = Rectangle(
            width=config.frame_width + 3, height=config.frame_height + 3, stroke_width=0
        )
        night.set_fill([DUSK, NIGHT], 1)
        night.radial_gradient = RadialGradient((0, 0.1), 1.15)
        wide = config.frame_width + 3
        self.membrane = Membrane(wide, depth=9).shift(LEVEL * UP)
        self.killer = Membrane(wide, depth=9, inside="#4A36A4")
        self.killer.rotate(PI, about_point=self.killer.origin).shift(KILLER_LEVEL * UP)
        self.held = VGroup(*(_held(self.membrane, x) for x in PAIRS))
        rim = KILLER_LEVEL - HALF
        self.claws = VGroup(*(_claw(pair[-1], rim) for pair in self.held))
        self.pore = PerforinPore(PORE_RADIUS).place(self.membrane.spot(0))
        self.granule = Granule().place((0, KILLER_LEVEL + by_aspect(2.2, 3.0, 2.0), 0))
        super().__init__(night, self.membrane, self.held, self.claws, self.killer)

    def dock(self, **kwargs) -> Animation:
        """The granule comes down until it meets the killer's membrane."""
        where = np.array([0, KILLER_LEVEL + 0.5, 0])
        return self.granule.move_to_point(where, **kwargs)

    def build_ring(self, **kwargs) -> Animation:
        """Perforin falls out of the granule onto the membrane and closes to a ring."""
        return self.pore.assemble(self.granule.point(0, -0.3), **kwargs)

    def pass_granzymes(self, **kwargs) -> Animation:
        """Granzymes leave the granule and go through the pore into the cell."""
        return fall_through(self.granule.granzymes, self.pore, ENDS, **kwargs)


def _held(membrane: Membrane, x: float) -> VGroup:
    """Two receptors around `x` that an antibody between them holds apart: left, right, antibody."""
    left, right, antibody = HER2Receptor(RIGHT), HER2Receptor(-RIGHT), Antibody()
    for part in (left, right):
        part.scale(SCALE, about_point=part.origin)
        part.wave_arm(30)
        part.become(part.target)
        part.remove(part.phosphates, part.engine[0], part.arm_glow)  # all of them unlit
        part.engine.remove(part.engine[0])
        part.outside.remove(part.arm_glow)
    antibody.scale(SCALE * 1.18, about_point=antibody.origin).remove(antibody.glow)
    left.place(membrane.spot(x - 1.13 * SCALE))
    antibody.seat(left, RIGHT, 0)
    right.place(left.origin)
    right.shift((antibody.tip(RIGHT) - right.dock(-RIGHT))[0] * RIGHT)
    return VGroup(left, right, antibody)


def _claw(antibody: Antibody, rim: float) -> FcReceptor:
    """FcγRIIIa from the killer's `rim`, beside the antibody's tail, down to CH2 and the hinge."""
    grip = antibody.point(0.12, 0.4)
    foot = np.array([grip[0] + 1.05 * SCALE, rim, 0])
    along = grip - foot
    size = 2.1 * SCALE
    receptor = FcReceptor(np.linalg.norm(along) / size)
    receptor.rotate(np.arctan2(along[1], along[0]) - PI / 2, about_point=receptor.origin)
    receptor.scale(size, about_point=receptor.origin).place(foot)
    receptor.grip()
    return receptor.become(receptor.target)
