"""What x264's presets cost and keep: each line's own frames, encoded with each setting.

    python bench/presets.py [QUALITY] [SCENE.LINE …]

Prints a Markdown table; SSIM and PSNR are ffmpeg's, of luma, against the frames before encoding.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import av

from explainer.draw.line_runner import configure, job_for, run
from explainer.frame_format import EncoderPreset, FrameFormat, find_format
from explainer.media.encoder import ClipEncoder
from explainer.script.loader import load
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = [
    *(("medium", 18), ("medium", 23), ("fast", 18), ("faster", 18), ("veryfast", 16)),
    *(("veryfast", 18), ("veryfast", 20), ("superfast", 18), ("superfast", 21)),
]


def likeness(raw: Path, clip: Path, at: FrameFormat) -> tuple[float, float]:
    """Mean SSIM and PSNR of a clip's luma."""
    command = ["ffmpeg", "-v", "info", "-nostats", "-f", "rawvideo", "-pix_fmt", "yuv420p"]
    command += ["-s", f"{at.width}x{at.height}", "-r", str(at.fps), "-i", str(raw), "-i", str(clip)]
    graph = "[0]split[a][b];[1]split[c][d];[a][c]ssim;[b][d]psnr"
    done = subprocess.run(
        [*command, "-lavfi", graph, "-f", "null", "-"], check=True, capture_output=True, text=True
    )
    ssim, psnr = re.search(r"SSIM Y:([\d.]+)", done.stderr), re.search(r" y:([\d.]+)", done.stderr)
    assert ssim
    assert psnr
    return float(ssim[1]), float(psnr[1])


def main() -> None:
    at = find_format(sys.argv[1] if sys.argv[1:] else "1080p60")
    keys = sys.argv[2:] or ["trastuzumab.docking", "dimerization.signal"]
    script = load(ROOT / "script.yaml")
    shots = scene_timings(estimate_timeline(script, at.fps))
    print("| line | preset, CRF | CPU ms a frame | MB | SSIM | PSNR dB |")
    print("| --- | --- | --- | --- | --- | --- |")
    for key in keys:
        with tempfile.TemporaryDirectory() as name:
            folder, frames = Path(name), 0
            raw, clip = folder / "frames.yuv", folder / "clip.mp4"
            with raw.open("wb") as file, ClipEncoder(clip, at) as converter:
                configure(at, name)

                def note(frame: object, count: int) -> None:
                    nonlocal frames
                    file.write(converter.convert(frame).to_ndarray().tobytes() * count)
                    frames += count

                run(job_for(script, shots, key, at), note)
            size = at.width * at.height * 3 // 2
            for preset, crf in SETTINGS:
                setting = replace(at, encoder=EncoderPreset(preset, crf))
                cpu = 0.0
                with raw.open("rb") as file, ClipEncoder(clip, setting) as encoder:
                    for _ in range(frames):
                        planes = file.read(size)
                        picture = av.VideoFrame(at.width, at.height, "yuv420p")
                        fill(picture, planes)
                        begun = time.process_time()
                        encoder.encode(picture)
                        cpu += time.process_time() - begun
                ssim, psnr = likeness(raw, clip, at)
                megabytes = clip.stat().st_size / 1e6
                print(
                    f"| {key} | {preset}, {crf} | {cpu / frames * 1000:.1f} | {megabytes:.2f} "
                    f"| {ssim:.4f} | {psnr:.1f} |",
                    flush=True,
                )


def fill(picture: av.VideoFrame, planes: bytes) -> None:
    """Put tightly packed planes into a picture, whose rows may be padded."""
    at = 0
    for plane in picture.planes:
        count = plane.width * plane.height
        if plane.line_size == plane.width:
            plane.update(planes[at : at + count])
        else:
            rows = (planes[at + y * plane.width :][: plane.width] for y in range(plane.height))
            pad = bytes(plane.line_size - plane.width)
            plane.update(b"".join(row + pad for row in rows))
        at += count


if __name__ == "__main__":
    main()
