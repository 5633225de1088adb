"""What encoding alone costs: the film's frames, drawn beforehand, from memory into clips.

    python bench/floor.py SCRIPT QUALITY [PRESET CRF]

Two processes encode one line each, as a render on two cores does; only the encoding is timed.
Prints one JSON object: frames, wall and CPU seconds, bytes.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from explainer.draw.line_runner import Job, configure, job_for, run
from explainer.frame_format import EncoderPreset, FrameFormat, find_format
from explainer.media.encoder import ClipEncoder
from explainer.script.loader import load
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings

CORES = 2


def share(jobs: list[Job | None], barrier: Any, found: Any) -> None:
    """Draw each job's frames, then encode them at the same time as the other process its own."""
    with tempfile.TemporaryDirectory() as folder:
        for turn, job in enumerate(jobs):
            pictures: list[tuple[Any, int]] = []
            clip = Path(folder) / "clip.mp4"
            if job:
                with ClipEncoder(clip, job.quality) as converter:
                    configure(job.quality, folder)
                    run(job, lambda f, n: pictures.append((converter.convert(f), n)))  # noqa: B023
            barrier.wait()
            wall, cpu = time.perf_counter(), time.process_time()
            if job:
                with ClipEncoder(clip, job.quality) as encoder:
                    for picture, count in pictures:
                        encoder.encode(picture, count)
            found.put(
                (
                    turn,
                    sum(count for _, count in pictures),
                    time.perf_counter() - wall,
                    time.process_time() - cpu,
                    clip.stat().st_size if job else 0,
                )
            )
            barrier.wait()


def floor(script_file: Path, at: FrameFormat) -> dict[str, float]:
    """Frames, wall and CPU seconds, and bytes of encoding a whole film with rehearsed timing."""
    script = load(script_file)
    clock = estimate_timeline(script, at.fps)
    shots = scene_timings(clock)
    jobs: list[Job | None] = [job_for(script, shots, line.key, at) for line in clock.lines]
    jobs.sort(key=lambda job: -job.timing.frames if job else 0)
    jobs += [None] * (-len(jobs) % CORES)
    context = multiprocessing.get_context("spawn")
    barrier, found = context.Barrier(CORES), context.Queue()
    workers = [
        context.Process(target=share, args=(jobs[core::CORES], barrier, found))
        for core in range(CORES)
    ]
    for worker in workers:
        worker.start()
    rows = [found.get() for _ in jobs]
    for worker in workers:
        worker.join()
    turns = {row[0] for row in rows}
    return {
        "frames": sum(row[1] for row in rows),
        "wall": sum(max(row[2] for row in rows if row[0] == turn) for turn in turns),
        "cpu": sum(row[3] for row in rows),
        "bytes": sum(row[4] for row in rows),
    }


if __name__ == "__main__":
    made = find_format(sys.argv[2])
    if sys.argv[3:]:
        made = replace(made, encoder=EncoderPreset(sys.argv[3], int(sys.argv[4])))
    print(json.dumps(floor(Path(sys.argv[1]), made)))
