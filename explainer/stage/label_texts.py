"""The texts that a script gives its labels: set for a scene, asked for by it."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar

from explainer.cache import tracing
from explainer.cache.inputs import value_state

LabelTexts = Mapping[str, tuple[str, ...]]
"""The texts of a script's labels, by name."""

_texts: ContextVar[tuple[LabelTexts, bool]] = ContextVar("label texts", default=({}, True))
"""State of this process: the texts of the scene that runs, and whether labels are drawn."""


def set_label_texts(texts: LabelTexts, enabled: bool = True) -> None:
    """Set what `label_texts` gives from now on, and whether labels are drawn at all."""
    _texts.set((texts, enabled))


def label_texts(name: str) -> tuple[str, ...]:
    """The texts of a label as the script gives them, in the language of the film.

    Raises:
        LookupError: if the script gives no label of that name.
    """
    texts, _ = _texts.get()
    if name not in texts:
        known = ", ".join(texts) or "none"
        raise LookupError(f"the script gives this scene no label “{name}”; its labels: {known}")
    tracing.note("label", name, value_state(list(texts[name])))
    return texts[name]


def labels_enabled() -> bool:
    """Whether labels are drawn; where they are not, one picture serves every language."""
    _, enabled = _texts.get()
    return enabled
