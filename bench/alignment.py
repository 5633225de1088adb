"""How far forced alignment is from the truth: flite's speech against flite's own word times.

    python bench/alignment.py

Prints a Markdown table. Each sentence is spoken by flite, its marks are taken away, and the
aligner (which knows only espeak's reading) must find the words again.
"""

from __future__ import annotations

import re
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from explainer import align
from explainer.clock import TICKS
from explainer.voices import Utterance, engine

SENTENCES = """\
About one in six invasive breast cancers is driven by one gene, her two.
Healthy cells carry two copies.
From about twenty thousand, up to a million.
Its pairing arm is always open.
Inside, their engines, called kinases, switch each other on.
Trastuzumab is an antibody, built to fit domain four of her two, beside the membrane.
Now her two cannot pair on its own, and the growth signal fades.
Their perforin opens pores, granzymes slip in, and the cell takes itself apart.
With chemotherapy, it cut early recurrence by about half, and improved survival by a third.
The quick brown fox jumps over the lazy dog.
A heart the size of a fist beats a hundred thousand times each day.
Light from the sun takes eight minutes to reach us.
Most of an atom is empty space.
When ice melts, its molecules begin to slide past one another.
Rivers carve valleys, and glaciers widen them.
In the dark, the pupil opens; in bright light, it closes.
Nobody had measured the speed of sound in water before.
She counted the rings, one by one, and found two hundred.
Plants turn water, air and sunlight into sugar.
Bees tell each other where to fly by dancing.
Volcanoes form where plates of rock drift apart or collide.
The vaccine shows the body a harmless piece of the virus.
If the bridge begins to swing, the dampers take up the motion.
What looks like a single star is often a pair.
Sound travels faster in steel than in air.
Each winter, the lake freezes from the top down.
A falling cat turns itself upright in less than a second.
Copper carries the current, and rubber keeps it in.
Antibiotics kill bacteria, but they do nothing against a cold.
Long before clocks, people read the time from shadows.
""".splitlines()


def main() -> None:
    """Measure and print."""
    errors: dict[str, list[float]] = {"forced alignment": [], "by letters": []}
    fits, wrong, spent, sound = [], [], 0.0, 0.0
    for index, text in enumerate(SENTENCES):
        spoken = engine("flite").speak(text, "en")
        spans = [match.span() for match in re.finditer(r"\S+", text)]
        truth = np.array(align._reported(spoken, spans), dtype=float)
        mute = replace(spoken, marks=())
        began = time.perf_counter()
        found = [word.start / TICKS for word in align.word_times(mute, text, spans, "en")]
        spent += time.perf_counter() - began
        sound += len(spoken.samples) / spoken.rate
        errors["forced alignment"] += list(abs(np.array(found) - truth))
        edges = align._edges(align._voiced(mute))
        errors["by letters"] += list(
            abs(np.array(align._filled([None] * len(spans), spans, edges)) - truth)
        )
        fits.append(_fit(mute, text))
        wrong.append(_fit(mute, SENTENCES[index - 1]))
    print(
        f"{len(SENTENCES)} sentences, {len(errors['by letters'])} words, {sound:.0f} s of sound\n"
    )
    print("| word starts | mean | median | p95 | worst |\n| --- | --- | --- | --- | --- |")
    for name, values in errors.items():
        ms = 1000 * np.array(values)
        shown = (ms.mean(), np.median(ms), np.quantile(ms, 0.95), ms.max())
        print(f"| {name} | {' | '.join(f'{value:.0f} ms' for value in shown)} |")
    print("\n| mean distance | least | median | most |\n| --- | --- | --- | --- |")
    for name, values in {"its own text": fits, "another text": wrong}.items():
        shown = (min(values), float(np.median(values)), max(values))
        print(f"| {name} | {' | '.join(f'{value:.2f}' for value in shown)} |")
    print(f"\n{spent / sound:.2f} s of work for a second of sound")


def _fit(mute: Utterance, text: str) -> float:
    model = engine("espeak").speak(text, "en")
    spectra = [align._spectrum(u, align._edges(align._voiced(u))) for u in (model, mute)]
    return align._warp(*spectra)[1]


if __name__ == "__main__":
    main()
