"""The page of a film: one self-contained HTML file, made from Python here and the player in JS."""
