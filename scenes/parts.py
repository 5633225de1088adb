"""All parts that scenes are made of, under one name: `from parts import HER2Receptor, Membrane`."""

from parts_antibody import Antibody, SmallAntibodies
from parts_cells import Cell, FcReceptor, NaturalKillerCell, Outline
from parts_division import DividingCell
from parts_gene import Arrow, Chromosome, Counter, PathwayPill
from parts_membrane import Granzyme, Membrane, PerforinPore
from parts_receptor import REACH, HER2Receptor, HER3Receptor, Phosphate, Receptor
from parts_vesicle import Pit
from shapes import Part, Stamps

__all__ = [
    "REACH",
    "Antibody",
    "Arrow",
    "Cell",
    "Chromosome",
    "Counter",
    "DividingCell",
    "FcReceptor",
    "Granzyme",
    "HER2Receptor",
    "HER3Receptor",
    "Membrane",
    "NaturalKillerCell",
    "Outline",
    "Part",
    "PathwayPill",
    "PerforinPore",
    "Phosphate",
    "Pit",
    "Receptor",
    "SmallAntibodies",
    "Stamps",
]
