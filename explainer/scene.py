"""What the author of a scene imports; scenes need nothing else of this program.

from explainer.scene import NarratedScene

class Dots(NarratedScene):
    def first(self):                 # a method for each line of the scene in script.yaml
        self.play(Create(Circle()), until="circle")
"""

from __future__ import annotations

from explainer.stage.assets import asset
from explainer.stage.errors import StageError
from explainer.stage.frame import SafeArea, caption_band, safe_area
from explainer.stage.gradients import RadialGradient
from explainer.stage.label_texts import label_texts, labels_enabled
from explainer.stage.scene import NarratedScene
from explainer.stage.text_content import mark_as_text
from explainer.stage.video_clip import VideoClip
from explainer.timeline.model import END

__all__ = [
    "END",
    "NarratedScene",
    "RadialGradient",
    "SafeArea",
    "StageError",
    "VideoClip",
    "asset",
    "caption_band",
    "label_texts",
    "labels_enabled",
    "mark_as_text",
    "safe_area",
]
