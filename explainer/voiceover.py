"""What scenes import that were made for manim-voiceover; `explainer port` writes the imports.

from explainer.voiceover import VoiceoverScene

class Dots(VoiceoverScene):
    def construct(self):
        with self.voiceover(text="A dot appears.") as tracker:
            self.play(Create(Circle()), run_time=tracker.duration)
"""

from __future__ import annotations

from explainer.stage.voiceover_scene import (
    SpeechService,
    VoiceoverScene,
    VoiceoverTracker,
    get_gettext,
)

__all__ = ["SpeechService", "VoiceoverScene", "VoiceoverTracker", "get_gettext"]
