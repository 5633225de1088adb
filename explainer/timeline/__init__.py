"""The one clock: who speaks and shows what, when. Captions, sound, film and page read only this."""
