"""A film's sound: voices, music, effects and room tone, mixed and mastered."""
