"""How far forced alignment is from the truth: voices that know their own word times, without them.

    python bench/alignment.py

Prints the Markdown tables of bench/ALIGNMENT.md. Each sentence is spoken by a voice, its marks are
taken away, and the aligner (which knows only espeak's reading) must find the words again. English
is spoken by four voices of flite; Spanish and German by three of espeak's timbres at other rates,
which are nearer to the aligner's reading than another engine would be.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from explainer import align
from explainer.clock import TICKS
from explainer.voices import Utterance, espeak, flite
from explainer.voices.worker import library, utterance

ENGLISH = """\
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

SPANISH = """\
El corazón late unas cien mil veces cada día.
La luz del sol tarda ocho minutos en llegar hasta nosotros.
Dentro de la célula, las proteínas se pliegan y se unen.
Cuando el hielo se derrite, sus moléculas empiezan a moverse.
Los ríos excavan valles, y los glaciares los ensanchan.
En la oscuridad, la pupila se abre; con mucha luz, se cierra.
Nadie había medido antes la velocidad del sonido en el agua.
Las plantas convierten agua, aire y luz en azúcar.
Las abejas se dicen unas a otras hacia dónde volar.
El anticuerpo encaja en el receptor, junto a la membrana.
Ahora no puede formar parejas, y la señal se apaga.
El cobre conduce la corriente, y la goma la detiene.
Los antibióticos matan bacterias, pero no sirven contra un resfriado.
Mucho antes de los relojes, la gente leía la hora en las sombras.
Lo que parece una sola estrella suele ser una pareja.
La vacuna enseña al cuerpo un trozo inofensivo del virus.
Un gato que cae se endereza en menos de un segundo.
Con quimioterapia, redujo las recaídas casi a la mitad.
""".splitlines()

GERMAN = """\
Das Herz schlägt jeden Tag etwa hunderttausend Mal.
Das Licht der Sonne braucht acht Minuten bis zu uns.
In der Zelle falten sich Proteine und lagern sich aneinander.
Wenn Eis schmilzt, beginnen seine Moleküle zu gleiten.
Flüsse graben Täler, und Gletscher machen sie breiter.
Im Dunkeln öffnet sich die Pupille; bei Licht schließt sie sich.
Niemand hatte zuvor die Geschwindigkeit des Schalls im Wasser gemessen.
Pflanzen machen aus Wasser, Luft und Licht Zucker.
Bienen zeigen einander im Tanz, wohin sie fliegen sollen.
Der Antikörper passt an den Rezeptor, dicht an der Membran.
Jetzt kann er kein Paar mehr bilden, und das Signal erlischt.
Kupfer leitet den Strom, und Gummi hält ihn auf.
Antibiotika töten Bakterien, gegen eine Erkältung helfen sie nicht.
Lange vor den Uhren lasen die Menschen die Zeit aus Schatten.
Was wie ein einzelner Stern aussieht, ist oft ein Paar.
Die Impfung zeigt dem Körper ein harmloses Stück des Virus.
Eine fallende Katze dreht sich in weniger als einer Sekunde um.
Mit Chemotherapie halbierte es die frühen Rückfälle beinahe.
""".splitlines()


FLITE = ("rms", "slt", "awb", "kal16")
ESPEAK = (("f3", 150), ("m1", 185), ("f5", 160))


class _As:
    """One of flite's voices under the name of the one that the engine asks for."""

    def __init__(self, voice: str) -> None:
        self.register_cmu_us_rms = getattr(
            library(f"flite_cmu_us_{voice}", ""), f"register_cmu_us_{voice}"
        )


def by_flite(voice: str, text: str) -> Utterance:
    def loaded(stem: str, remedy: str) -> Any:
        return _As(voice) if stem == "flite_cmu_us_rms" else library(stem, remedy)

    flite.library = loaded  # type: ignore[assignment]
    request = {"text": text, "stretch": flite.STRETCH, "phonemes": {}}
    return utterance("flite", text, flite.answer(request))


def by_espeak(language: str, timbre: str, rate: int, text: str) -> Utterance:
    request = {"language": language, "timbre": timbre, "rate": rate, "text": text}
    return utterance("espeak", text, espeak.answer(request))


def _call(job: tuple[Callable[..., Utterance], tuple[Any, ...]]) -> Utterance:
    speak, given = job
    return speak(*given)


def main() -> None:
    """Measure and print."""
    jobs: list[tuple[str, str, str, Callable[..., Utterance], tuple[Any, ...]]] = []
    for voice in FLITE:
        jobs += [("en", f"flite {voice}", t, by_flite, (voice, t)) for t in ENGLISH]
    for language, texts in (("es", SPANISH), ("de", GERMAN)):
        for timbre, rate in ESPEAK:
            jobs += [
                (language, f"espeak {timbre}", t, by_espeak, (language, timbre, rate, t))
                for t in texts
            ]
    errors: dict[tuple[str, str, str], list[float]] = {}
    fits: dict[str, list[tuple[float, float, bool]]] = {"its own text": [], "another text": []}
    spent = sound = 0.0
    with get_context("fork").Pool(2, maxtasksperchild=1) as pool:  # engines carry state over
        heard = pool.map(_call, [(speak, given) for *_, speak, given in jobs], chunksize=1)
    for index, ((language, voice, text, *_), spoken) in enumerate(zip(jobs, heard, strict=True)):
        spans = [match.span() for match in re.finditer(r"\S+", text)]
        truth = align._reported(spoken, spans)
        mute = replace(spoken, marks=())
        began = time.perf_counter()
        timed = align.word_times(mute, text, spans, language)
        spent += time.perf_counter() - began
        sound += len(spoken.samples) / spoken.rate
        found = [word.start / TICKS for word in timed.words]
        edges = align._edges(align._voiced(mute))
        share = align._filled([None] * len(spans), spans, edges)
        for method, starts in (("aligned", found), ("by letters", share)):
            errors.setdefault((language, voice, method), []).extend(
                abs(at - true) for at, true in zip(starts, truth, strict=True) if true
            )
        others = [job[2] for job in jobs if job[0] == language]
        fits["its own text"].append(_fit(mute, text, language))
        fits["another text"].append(_fit(mute, others[index % len(others) - 1], language))
    _print_errors(errors)
    _print_fits(fits)
    print(f"\n{sound:.0f} s of sound; {spent / sound:.2f} s of work for a second of it")


def _print_errors(errors: dict[tuple[str, str, str], list[float]]) -> None:
    print("| language | voice | words | method | mean | median | p95 | worst |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    rows = list(errors.items())
    for language in ("en", "es", "de"):
        for method in ("aligned", "by letters"):
            every = [
                v for k, vs in errors.items() if (k[0], k[2]) == (language, method) for v in vs
            ]
            rows.append(((language, "**all**", method), every))
    for (language, voice, method), values in sorted(rows, key=lambda row: row[0]):
        ms = 1000 * np.array(values)
        shown = (ms.mean(), np.median(ms), np.quantile(ms, 0.95), ms.max())
        cells = " | ".join(f"{value:.0f} ms" for value in shown)
        print(f"| {language} | {voice} | {len(ms)} | {method} | {cells} |")


def _print_fits(fits: dict[str, list[tuple[float, float, bool]]]) -> None:
    print("\n| sound against | mean distance | over the worst 0.4 s | said to fit |")
    print("| --- | --- | --- | --- |")
    for name, values in fits.items():
        mean, worst, fitting = np.array(values).T
        ranges = " | ".join(f"{part.min():.2f} to {part.max():.2f}" for part in (mean, worst))
        print(f"| {name} | {ranges} | {fitting.sum():.0f} of {len(values)} |")


def _fit(mute: Utterance, text: str, language: str) -> tuple[float, float, bool]:
    model = espeak.reading(text, language)
    spectra = [align._spectrum(u, align._edges(align._voiced(u))) for u in (model, mute)]
    costs = align._warp(*spectra)[1]
    size = min(len(costs), round(0.4 / align.HOP))
    worst = np.convolve(costs, np.ones(size) / size, "valid").max()
    return float(costs.mean()), float(worst), align._fits(costs)


if __name__ == "__main__":
    main()
