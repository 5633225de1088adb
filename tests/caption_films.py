"""Timelines of films as captions are cut from, in several languages; nobody speaks them."""

from __future__ import annotations

from explainer.clock import TICKS, frame_ticks
from explainer.script.narration_text import parse_narration
from explainer.timeline.model import TimedLine, TimedScene, TimedWord, Timeline

FILM = (
    "About one in six invasive breast cancers is driven by one gene, HER2.",
    "Healthy cells carry two copies. These carry dozens.",
    "Each copy makes receptors, antennas for growth. From about 20,000, up to a million.",
    "HER2 waits for no signal. Its pairing arm is always open.",
    "Crowded receptors lock in pairs. HER2 with HER3 is the strongest.",
    "Inside, their engines, called kinases, switch each other on. The cell survives, grows and "
    "divides.",
    "Trastuzumab is an antibody, built to fit domain four of HER2, beside the membrane.",
    "With chemotherapy, it cut early recurrence by about half, and improved survival by over "
    "thirty percent.",
)


def line_of(
    number: int, text: str, start: int, fps: int, pace: float = 15.0, onset: int = 0, hold: int = 0
) -> TimedLine:
    words, at = [], start + onset
    for word in text.split():
        size = round((len(word) + 1) / pace * TICKS)
        words.append(TimedWord(word, at, at + size, "estimated"))
        at += size
    frame = frame_ticks(fps)
    end = start + -(-(at - start + 28_800 + hold) // frame) * frame
    return TimedLine("s", f"l{number}", start, start, at, end, text, "", (), tuple(words), ())


def film_of(*texts: str, fps: int = 30, language: str = "en", **how: float) -> Timeline:
    lines, at = [], 0
    for number, text in enumerate(texts):
        lines.append(line_of(number, text, at, fps, **how))
        at = lines[-1].end
    return Timeline("f", "F", language, fps, "v", (TimedScene("s", "S", tuple(lines)),))


SPANISH = (
    "Alrededor de uno de cada seis cánceres de mama invasivos depende de un solo gen, HER2.",
    "Las células sanas llevan dos copias del gen. Estas llevan docenas.",
    "Por eso los receptores, las antenas de la célula, pasan de unos 20.000 a casi un millón.",
    "HER2 no espera ninguna señal. Su brazo de unión está siempre abierto.",
    "Los receptores, apiñados, se unen de dos en dos. HER2 con HER3 forma la pareja más fuerte.",
    "Dentro, sus motores, que se llaman cinasas, se encienden unos a otros. La célula "
    "sobrevive, crece y se divide.",
    "El trastuzumab es un anticuerpo que encaja en el dominio cuatro de HER2, junto a la membrana.",
    "Ahora HER2 ya no puede unirse por su cuenta, y la señal de crecimiento se va apagando.",
    "También es una bandera. Su cola ayuda a que lleguen las células asesinas naturales.",
    "La perforina de estas abre poros, las granzimas entran por ellos y la célula se desmonta "
    "sola.",
    "Con quimioterapia redujo a la mitad las recaídas tempranas y mejoró la supervivencia en "
    "más de un treinta por ciento.",
    "¿Qué ocurre si la señal vuelve? No lo sabemos todavía, pero se está investigando en todo "
    "el mundo.",
    "Se lo explicó a sus pacientes en 5 mg y 10 mg por kilo, como manda el protocolo de 2014.",
)


GERMAN = (
    "Etwa einer von sechs invasiven Brustkrebsfällen wird von einem einzigen Gen angetrieben, "
    "HER2.",
    "Gesunde Zellen tragen zwei Kopien des Gens. Diese hier tragen Dutzende.",
    "So steigt die Zahl der Rezeptoren, der Antennen der Zelle, von rund 20.000 auf bis zu "
    "eine Million.",
    "HER2 wartet auf kein Signal. Sein Paarungsarm steht immer offen.",
    "Dicht gedrängte Rezeptoren schließen sich zu Paaren zusammen. HER2 mit HER3 ist das stärkste.",
    "Im Inneren schalten sich ihre Motoren, die Kinasen, gegenseitig ein. Die Zelle überlebt, "
    "wächst und teilt sich.",
    "Trastuzumab ist ein Antikörper, der genau auf die Domäne vier von HER2 passt, dicht an "
    "der Membran.",
    "Jetzt kann sich HER2 nicht mehr von selbst paaren, und das Wachstumssignal wird schwächer.",
    "Er ist auch eine Flagge. Sein Schwanz hilft, natürliche Killerzellen herbeizurufen.",
    "Ihr Perforin öffnet Poren, Granzyme schlüpfen hinein, und die Zelle zerlegt sich selbst.",
    "Zusammen mit Chemotherapie halbierte er frühe Rückfälle ungefähr und verbesserte das "
    "Überleben um mehr als dreißig Prozent.",
    "Was geschieht, wenn das Signal zurückkommt? Das wird noch untersucht, aber es gibt "
    "bereits andere Antikörper.",
    "Die Patientinnen erhielten 8 mg und danach 6 mg pro Kilogramm, alle drei Wochen, ein "
    "ganzes Jahr lang.",
)


PACE = {"zh": 5.0, "zh-Hant": 5.0, "ja": 6.0, "ko": 7.0}
"""Characters a second as they are read aloud; of the others, 13."""


def film_in(language: str, *texts: str, fps: int = 30) -> Timeline:
    """A film of lines in a language, each word with a time by its letters."""
    lines: list[TimedLine] = []
    at = 0
    for number, text in enumerate(texts):
        start, words = at, []
        for word in parse_narration(text, {}, language).words:
            size = round(len(word.text) / PACE.get(language, 13) * TICKS)
            words.append(TimedWord(word.text, at, at + size, "engine", word.glued))
            at += size
        frame = frame_ticks(fps)
        end = start + -(-(at - start + 28_800) // frame) * frame
        lines.append(
            TimedLine("s", f"l{number}", start, start, at, end, text, "", (), tuple(words), ())
        )
        at = end
    return Timeline("f", "F", language, fps, "v", (TimedScene("s", "S", tuple(lines)),))
