"""What may be taken of a machine is what the system grants, not what the machine has."""

from __future__ import annotations

import errno
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from explainer import machine
from explainer.cache import locks
from explainer.cache.store import Cache
from explainer.draw.local import LocalRenderer
from explainer.draw.process_slots import PipeSlots, ProcessSlots, SemaphoreSlots
from explainer.frame_format import FRAME_FORMATS

COUNT = "from explainer import machine; print(machine.cpu_count())"


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="cores cannot be chosen here")
def test_a_process_held_to_one_core_counts_one() -> None:
    code = f"import os; os.sched_setaffinity(0, {{min(os.sched_getaffinity(0))}}); {COUNT}"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "1\n"


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A control group that this process seems to be in, on a machine of 64 cores and 256 GB."""
    monkeypatch.setattr(machine, "_groups", lambda _: iter([tmp_path]))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    monkeypatch.setattr(machine, "_free", lambda: 256 << 30)
    return tmp_path


@pytest.mark.parametrize(
    ("files", "count"),
    [
        ({}, 64),
        ({"cpu.max": "max 100000"}, 64),
        ({"cpu.max": "150000 100000"}, 2),
        ({"cpu.max": "5000 100000"}, 1),
        ({"cpu.cfs_quota_us": "-1", "cpu.cfs_period_us": "100000"}, 64),
        ({"cpu.cfs_quota_us": "400000", "cpu.cfs_period_us": "100000"}, 4),
    ],
)
def test_a_quota_of_processors_is_kept_to(group: Path, files: dict[str, str], count: int) -> None:
    for name, text in files.items():
        (group / name).write_text(text + "\n")
    assert machine.cpu_count() == count


@pytest.mark.parametrize(
    ("files", "left"),
    [
        ({}, 256 << 30),
        ({"memory.max": "max", "memory.current": "100"}, 256 << 30),
        (
            {"memory.max": "4000", "memory.current": "1500", "memory.stat": "inactive_file 500"},
            3000,
        ),
        (
            {
                "memory.limit_in_bytes": "4000",
                "memory.usage_in_bytes": "1500",
                "memory.stat": "cache 900\ntotal_inactive_file 500",
            },
            3000,
        ),
        ({"memory.max": "4000", "memory.current": "5000", "memory.stat": ""}, 0),
    ],
)
def test_a_limit_of_memory_is_kept_to(group: Path, files: dict[str, str], left: int) -> None:
    for name, text in files.items():
        (group / name).write_text(text + "\n")
    assert machine.available_memory() == left


def test_of_64_cores_so_many_draw_as_4_gb_hold(group: Path) -> None:
    (group / "memory.max").write_text(f"{4 << 30}\n")
    (group / "memory.current").write_text("0\n")
    (group / "memory.stat").write_text("")
    counts = [LocalRenderer(FRAME_FORMATS[name]).count for name in ("draft", "1080p30", "4k60")]
    assert counts == [26, 11, 3]
    (group / "memory.current").write_text(f"{4 << 30}\n")
    assert LocalRenderer(FRAME_FORMATS["4k60"]).count == 1


@pytest.mark.parametrize("kind", [PipeSlots, SemaphoreSlots])
def test_no_more_slots_are_taken_than_there_are(kind: Callable[[int], ProcessSlots]) -> None:
    slots = kind(2)
    assert slots.acquire()
    assert slots.acquire(0)
    assert not slots.acquire(0.01)
    slots.release()
    assert slots.acquire(0)


def _give(slots: ProcessSlots) -> None:
    slots.acquire()
    slots.release()
    slots.release()


@pytest.mark.parametrize(
    ("method", "kind"), [("fork", PipeSlots), ("spawn", PipeSlots), ("spawn", SemaphoreSlots)]
)
def test_a_slot_can_be_given_back_by_another_process(
    method: str, kind: Callable[[int], ProcessSlots]
) -> None:
    slots = kind(1)
    other = multiprocessing.get_context(method).Process(target=_give, args=(slots,))
    other.start()
    other.join()
    assert other.exitcode == 0
    assert [slots.acquire(0) for _ in range(3)] == [True, True, False]


def test_a_lock_that_another_user_made_is_taken_by_reading_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, usual = tmp_path / "lock", os.open
    path.write_text("1234\n")

    def opened(name: Path, flags: int, mode: int = 0o777) -> int:
        if name == path and flags & os.O_RDWR:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(name))
        return usual(name, flags, mode)

    monkeypatch.setattr(os, "open", opened)
    with locks.lock(path):
        assert path.read_text() == "1234\n"
    locks.SharedLock(path).close()


@pytest.mark.parametrize("kind", ["pipe", "folder", "device"])
def test_a_lock_that_is_no_file_is_said(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "lock"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/null")
    with pytest.raises(OSError, match=r"plain file|directory"), locks.lock(path):
        pass


def test_parts_and_notes_can_be_read_by_those_whom_the_umask_lets(tmp_path: Path) -> None:
    cache = Cache(tmp_path)

    def make(path: Path) -> dict[str, int]:
        path.write_bytes(b"a part")
        return {}

    entry = cache.get_or_create("thing", "film/one", {"of": 1}, ".bin", make)
    plain = tmp_path / "plain"
    plain.touch()
    modes = {path.stat().st_mode for path in (*entry.path.parent.iterdir(), plain)}
    assert len(modes) == 1
