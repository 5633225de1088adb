"""The anatomy that scenes are made of: one module a subject."""
