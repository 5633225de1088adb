"""A cold film drawn by this machine's cores, and by one and two workers of a Dask scheduler here.

    python bench/cluster.py [SIZE]

Prints a Markdown table: wall seconds, and whether the film has the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from measure import ROOT, project

HEAD = "| drawn by | wall s | beside the cores | the film |\n| --- | --- | --- | --- |"


def film(size: str, *args: str) -> tuple[float, str]:
    """Render cold; gives the wall seconds and the film's hash."""
    with project() as folder:
        command = [sys.executable, str(ROOT / "render.py"), "--quality", size, "--json", *args]
        command += ["--script", str(folder / "script.yaml")]
        begun = time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        took = time.perf_counter() - begun
        made = Path(json.loads(done.stdout)["film"]).read_bytes()
        return took, hashlib.sha256(made).hexdigest()


@contextmanager
def running(kind: str, *args: str) -> Iterator[None]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--host", "127.0.0.1"]
    command += ["--no-dashboard", *args]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.kill()
        process.wait()


@contextmanager
def cluster(workers: int) -> Iterator[str]:
    """A scheduler with so many workers, each drawing one line at a time; gives its address."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as inside:
        file = Path(name) / "scheduler.json"
        inside.enter_context(running("scheduler", "--port", "0", "--scheduler-file", str(file)))
        while not file.is_file() or not file.read_text():
            time.sleep(0.1)
        for number in range(workers):
            options = ["--scheduler-file", str(file), "--nthreads", "1", "--no-nanny"]
            options += ["--local-directory", f"{name}/{number}"]
            inside.enter_context(running("worker", *options))
        time.sleep(5)  # until they have come
        yield json.loads(file.read_text())["address"]


def main() -> None:
    size = sys.argv[1] if len(sys.argv) > 1 else "1080p30"
    print(HEAD)
    here, sha = film(size)
    print(f"| this machine's cores | {here:.1f} | 1.00 | |", flush=True)
    for count in (1, 2):
        with cluster(count) as address:
            took, made = film(size, "--cluster", address)
        same = "the same to the byte" if made == sha else "DIFFERENT"
        name = f"{count} worker{'s' * (count > 1)}"
        print(f"| {name} | {took:.1f} | {took / here:.2f} | {same} |", flush=True)


if __name__ == "__main__":
    main()
