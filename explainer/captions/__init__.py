"""Captions: cut from a timeline, held to their rules, written and read as files."""
