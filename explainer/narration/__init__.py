"""A script turned into speech: every line spoken, every word with its time."""
