"""Says written forms in words: numbers, units, dates, ordinals, abbreviations and others."""
