"""Films of scenes that were made for manim-voiceover: a file of theirs in, a film out."""
