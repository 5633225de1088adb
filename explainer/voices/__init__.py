"""Voices: engines that turn plain text into sound, and say when its words begin."""
