"""A renderer on other machines: each line goes to a Dask worker with all it needs.

A worker needs this project's environment and nothing else: what a line read when it was last drawn
travels with its job, or else the film's scenes and assets; what it then looks for in vain is sent
after it. It draws in a process of its own, and what comes back is checked before it is kept.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from explainer.cache import tracing
from explainer.cache.files import file_hash
from explainer.cache.inputs import Now, files_of, plain_files, said
from explainer.draw import process_end
from explainer.draw.clip import BeginsAlike, DrawnLine, LineResult, LineResults
from explainer.draw.line_runner import Job, draw, init_process
from explainer.draw.manim_config import FILE
from explainer.errors import CheckFailed, EnvironmentProblem, ExplainerError, error_text
from explainer.media.frames import measure_clip

TOOLS = ("manim", "pycairo", "manimpango", "av", "numpy")
"""The packages whose versions decide what a clip holds."""
CONNECT_TIMEOUT = "10s"
"""How long the scheduler may take to answer."""


@dataclass(frozen=True, slots=True)
class RemoteJob:
    """A line to draw, with the files that its scene is known to open, by their place in the folder.

    Of a line that was not drawn before these are all scenes and assets: it is `whole`.
    """

    job: Job
    files: Mapping[str, bytes]
    toolchain: Mapping[str, str]
    whole: bool


@dataclass(frozen=True, slots=True)
class RemoteResult:
    """What a worker gives back: the clip and its hash, or else an error; and what it has read."""

    answer: LineResult
    clip: bytes = b""
    digest: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)


class DaskRenderer:
    """The workers of the Dask scheduler at `address`, such as `tcp://10.0.0.5:8786`."""

    def __init__(self, address: str) -> None:
        """Find the scheduler.

        Raises:
            EnvironmentProblem: if Dask is not installed, or the scheduler does not answer.
        """
        try:
            from distributed import Client
        except ImportError:
            remedy = "pip install '.[cluster]'"
            raise EnvironmentProblem.of("--cluster needs Dask, which is missing", remedy) from None
        self.under_way: set[Any] = set()
        try:
            self.client = Client(address, timeout=CONNECT_TIMEOUT, set_as_default=False)
        except (OSError, ValueError) as error:
            what = f"no Dask scheduler answers at {address}: {error_text(error)}"
            raise EnvironmentProblem.of(what, "start one with: dask scheduler") from None

    def warm_up(self) -> None:
        """Nothing: its workers run already."""

    def render(self, jobs: Sequence[tuple[Job, str]], texts: str) -> LineResults:  # noqa: ARG002
        """Draw each line on whichever worker is free, the longest first."""
        from distributed import as_completed

        longest = sorted(jobs, key=lambda item: -item[0].timing.frames)
        waiting = {}
        for job, out in longest:
            sent = pack_job(job)
            waiting[self.client.submit(run_remote, sent, pure=False)] = sent, out
        mine = list(waiting)
        self.under_way.update(mine)
        done = as_completed(mine, loop=self.client.loop)
        try:
            for future in done:
                if future.status == "cancelled":
                    continue
                sent, out = waiting.pop(future)
                job = sent.job
                if again := lacking(future, sent):
                    more = self.client.submit(run_remote, again, pure=False)
                    waiting[more] = again, out
                    mine.append(more)
                    self.under_way.add(more)
                    done.add(more)
                    continue
                answer = unpack_result(future, job, out)
                if answer is None or isinstance(answer, Exception):
                    self.client.cancel([other for other in waiting if other.status == "pending"])
                yield job.key, answer
        finally:
            self.under_way.difference_update(mine)
            self.client.cancel(list(waiting))

    def cancel(self) -> None:
        """Cancel whatever is drawn or waits for it."""
        self.client.cancel(list(self.under_way))

    def close(self) -> None:
        """Leave the scheduler."""
        self.client.close()


def lacking(future: Any, sent: RemoteJob) -> RemoteJob | None:
    """The job to send again with more files, if the worker looked for one that was not sent."""
    try:
        given: RemoteResult = future.result()
    except Exception:
        return None
    folder = Path(sent.job.folder)
    names = [*sent.job.reads, *given.inputs]
    lacks = {file.relative_to(folder).as_posix() for file in files_of(folder, given.inputs)}
    failed = isinstance(given.answer, Exception) and not sent.whole
    if not failed and lacks <= sent.files.keys():
        return None
    return pack_job(replace(sent.job, reads=tuple(names)), whole=sent.whole or failed)


def unpack_result(future: Any, job: Job, out: str) -> LineResult:
    """What a line's worker gave back, its clip written to `out` if it came whole."""
    from distributed import KilledWorker

    try:
        given: RemoteResult = future.result()
    except KilledWorker:
        return None
    except Exception as error:
        return error
    try:
        return _checked(given, job, Path(out))
    except (CheckFailed, EnvironmentProblem) as error:
        return error
    except (TypeError, ValueError, AttributeError) as error:
        return CheckFailed.of(
            f"line {job.key} came back damaged: {error_text(error)}", "render again"
        )


def _checked(given: RemoteResult, job: Job, out: Path) -> LineResult:
    """A worker's answer, if each of its fields, and the clip itself, are what a line's must be.

    Raises:
        CheckFailed, EnvironmentProblem: if the clip is not, or was drawn with other packages.
        TypeError, ValueError, AttributeError: if it is no answer.
    """
    answer = given.answer
    if isinstance(answer, Exception):
        return answer
    if not isinstance(answer, DrawnLine | BeginsAlike):
        raise TypeError("it is no answer")
    if hashlib.sha256(given.clip).hexdigest() != given.digest:
        return CheckFailed.of(f"line {job.key} came back damaged", "render again")
    if isinstance(answer, BeginsAlike):
        if answer.start not in job.starts:
            raise ValueError("it begins in no state that is known here")
        return answer
    inputs = msgspec.convert(given.inputs, dict[str, str])
    # a worker may have filled it with anything
    returned = msgspec.convert(msgspec.to_builtins(answer), DrawnLine)
    for name, there in inputs.items():
        if not name.startswith(("package:", "program:", "fonts:")):
            continue
        here = Now(Path(job.folder)).state(name)
        if here != there:
            what = f"a worker drew with {said(name)} {there}, and here it is {here}"
            return EnvironmentProblem.of(what, "install the same version there")
    frames = job.timing.frames
    if returned.frames != frames:
        raise ValueError(f"it has {returned.frames} frames, not {frames}")
    out.write_bytes(given.clip)
    try:
        for track, wanted in enumerate(job.quality.of_tracks):
            found = measure_clip(out, track)
            if found != (wanted.width, wanted.height, frames):
                width, height, count = found
                raise ValueError(f"its clip has {count} frames of {width} × {height} pixels")
    except ValueError:
        out.unlink()
        raise
    return returned


def pack_job(job: Job, whole: bool = False) -> RemoteJob:
    """Pack a job with what its scene is known to read or, if it is `whole`, what it may read."""
    folder = Path(job.folder)
    whole = whole or not job.reads
    opened = {Path(job.file), *files_of(folder, job.reads)}
    if whole:
        opened.update(plain_files(folder / "scenes"), plain_files(folder / "assets"))
        opened.add(folder / FILE)
    # by itself, since the folder of fonts may be a link
    if whole or job.rows:
        opened.update(plain_files(folder / "assets" / "fonts"))
    # what has gone since then is not there for the worker either
    files = {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in sorted(opened)
        if file.is_file()
    }
    return RemoteJob(replace(job, reads=()) if whole else job, files, toolchain(), whole)


@cache
def toolchain() -> dict[str, str]:
    """What draws here: the versions of Python's minor, of packages and of the engine's modules."""
    found = {"python": "{}.{}".format(*sys.version_info), **{n: version(n) for n in TOOLS}}
    engine = Path(__file__).parents[1]
    for file in sorted(engine.rglob("*.py")):
        found[file.relative_to(engine).as_posix()] = file_hash(file)[:16]
    return found


def run_remote(sent: RemoteJob) -> RemoteResult:
    """Draw a remote job's line; this runs on a worker."""
    mine = toolchain()
    other = [name for name, made in sent.toolchain.items() if mine.get(name) != made]
    if other:
        what = f"a worker draws with another {', '.join(other[:3])} than this machine"
        return RemoteResult(
            EnvironmentProblem.of(what, "install the same version of the project there")
        )
    with tempfile.TemporaryDirectory(prefix="explainer-") as name:
        folder = Path(name)
        for place, content in sent.files.items():
            file = folder / place
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
        (folder / "job").write_bytes(pickle.dumps(_moved(sent.job, name)))
        (folder / "out").mkdir()
        command = [sys.executable, "-m", "explainer.draw.dask_cluster", name]
        alike = {**os.environ, "PYTHONHASHSEED": "0"}
        process = subprocess.Popen(command, stderr=subprocess.PIPE, env=alike)
        said = process.communicate()[1].decode(errors="replace").strip()
        try:
            answer, inputs = pickle.loads((folder / "out" / "answer").read_bytes())
        except FileNotFoundError:
            return RemoteResult(_ended(sent.job, name, process.pid, process.returncode, said))
        clip = (folder / "out" / "clip.mp4").read_bytes() if isinstance(answer, DrawnLine) else b""
        return RemoteResult(answer, clip, hashlib.sha256(clip).hexdigest(), inputs)


def _ended(job: Job, folder: str, pid: int, code: int, said: str) -> ExplainerError:
    """What is said of a process that ended without an answer; `said` is what it said itself."""
    who = f"scene {job.shot.id}, line {job.key}"
    texts = str(Path(folder) / "out" / "texts")
    ended = process_end.exit_error(who, folder, texts, pid, code)
    if code < 0 or ended.problems[0].place:
        return ended
    last = (said.splitlines() or ["without a word"])[-1]
    what = f"line {job.key}: the process that drew it ended with {code}: {last}"
    return CheckFailed.of(what, "render it here, without --cluster")


def _moved(job: Job, folder: str) -> Job:
    """The same job with its files in another folder."""

    def there(path: str) -> str:
        return str(Path(folder) / Path(path).relative_to(job.folder))

    fonts = [replace(row.fonts, folder=there(row.fonts.folder)) for row in job.rows]
    rows = tuple(replace(row, fonts=own) for row, own in zip(job.rows, fonts, strict=True))
    kept = str(Path(folder) / "out" / "kept")
    return replace(job, folder=folder, file=there(job.file), rows=rows, kept=kept)


def _draw_there(folder: Path) -> None:
    """Draw the job that lies in a folder, and leave clip and answer beside it."""
    job: Job = pickle.loads((folder / "job").read_bytes())
    (folder / "job").unlink()
    text_dir = init_process(str(folder / "out" / "texts"))
    try:
        answer: LineResult = draw(job, str(folder / "out" / "clip.mp4"), text_dir)
    except Exception as error:
        answer = error
    inputs, _ = tracing.record()
    (folder / "out" / "answer").write_bytes(pickle.dumps((answer, inputs)))


if __name__ == "__main__":
    process_end.run_then_exit(lambda: _draw_there(Path(sys.argv[1])))
