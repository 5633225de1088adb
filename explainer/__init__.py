"""A narrated-explainer renderer: a YAML script and Manim scenes in, one finished film out."""

__version__ = "0.1.0"
