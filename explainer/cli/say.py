"""Lines spoken into sound files, with their spoken form shown."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from explainer import outputs
from explainer.cache import tempfiles
from explainer.cache.files import write_atomically
from explainer.cache.store import Cache
from explainer.cli.arguments import Options
from explainer.cli.output import CommandResult, echo
from explainer.clock import seconds
from explainer.narration.synthesize import synthesize
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.script.selection import select_lines

PLAYERS = ("paplay", "aplay", "afplay")
"""Programs that play a sound file, the first that is there."""


def run(options: Options) -> CommandResult:
    """Speak lines into sound files, show the spoken form, and play them where someone listens."""
    with Progress() as progress:
        script = load(options.script, options.one_language(), check_scenes=False)
        cache = Cache.of(script.folder, progress.log)
        lines = select_lines(script.lines, options.selection)
        speech = synthesize(script, options.voice, cache, progress, options.selection)
    folder = outputs.output_dir(script) / "say"
    answers: dict[str, dict[str, str | float]] = {}
    for line in lines:
        if line.key not in speech.lines:
            echo(options, f"{line.key}  {seconds(line.hold):.2f} s of silence")
            answers[line.key] = {"spoken": "", "seconds": seconds(line.hold)}
            continue
        spoken = speech.lines[line.key]
        out = folder / f"{script.name}_{line.key}{script.language_suffix}.wav"
        outputs.claim(script, out)
        write_atomically(out, Path(spoken.wav).read_bytes())
        echo(options, f"{line.key}  {seconds(spoken.length):.2f} s  {out}")
        echo(options, f"  shown:  {line.say.shown}\n  spoken: {line.say.spoken}")
        answers[line.key] = {"spoken": line.say.spoken, "seconds": seconds(spoken.length)}
        if line.voice:
            echo(options, f"  voice:  {spoken.voice}")
        if sys.stdout.isatty():
            _play(out)
    tempfiles.remove_stale(outputs.output_dir(script))
    return 0, {"voice": speech.voice, "lines": answers}


def _play(sound: Path) -> None:
    """Play a sound file, where there is a program for it."""
    player = next(filter(None, map(shutil.which, PLAYERS)), None)
    if player:
        subprocess.run([player, str(sound)], check=False, stderr=subprocess.DEVNULL)
