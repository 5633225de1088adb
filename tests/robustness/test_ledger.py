"""The list of what was written: read once by a process, and yet never older than the disk's."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from explainer.cache import ledger
from explainer.cache.files import write_atomically
from explainer.cache.ledger import NAME, Ledger

OTHER = """\
import sys
from pathlib import Path
from explainer.cache.files import write_atomically
write_atomically(Path(sys.argv[1]), b"theirs")
"""


def test_however_many_files_are_written_each_line_of_the_list_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Ledger.own(tmp_path / "build")
    read, names = 0, ledger._unquoted

    def counted(name: str) -> str:
        nonlocal read
        read += 1
        return names(name)

    monkeypatch.setattr(ledger, "_unquoted", counted)
    files = [tmp_path / "build" / f"line-{n}.wav" for n in range(200)]
    for content in (b"one", b"two"):
        for file in files:
            write_atomically(file, content)
    assert {file.read_bytes() for file in files} == {b"two"}
    lines = (tmp_path / "build" / NAME).read_text().split("\n")
    assert read <= len(lines)


def test_what_another_process_writes_is_heeded(tmp_path: Path) -> None:
    root = tmp_path / "build"
    Ledger.own(root)
    write_atomically(root / "mine", b"mine")
    before = Ledger(root).entries()
    subprocess.run([sys.executable, "-c", OTHER, str(root / "theirs")], check=True)
    write_atomically(root / "more", b"more")
    found = Ledger(root).entries()
    assert {name for name in found if not name.startswith(".")} == {"mine", "theirs", "more"}
    assert {name for name in before if not name.startswith(".")} == {"mine"}


def test_a_list_that_was_made_shorter_or_changed_by_hand_is_read_again(tmp_path: Path) -> None:
    root = tmp_path / "build"
    Ledger.own(root)
    for name in ("a", "b"):
        write_atomically(root / name, b"text")
    (root / "a").unlink()
    Ledger(root).shorten()
    assert {name for name in Ledger(root).entries() if not name.startswith(".")} == {"b"}
    path = root / NAME
    info = path.stat()
    path.write_text(path.read_text().replace("\tb\t", "\tc\t"))
    # an editor may even keep the time
    os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))
    assert {name for name in Ledger(root).entries() if not name.startswith(".")} == {"c"}
    path.unlink()
    assert Ledger(root).entries() == {}


def test_threads_that_write_at_once_forget_nothing(tmp_path: Path) -> None:
    root = tmp_path / "build"
    Ledger.own(root)
    names = [f"file-{n}" for n in range(200)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: write_atomically(root / name, name.encode()), names))
    assert set(names) <= set(Ledger(root).entries())
    ledger._KNOWN.clear()
    assert set(names) <= set(Ledger(root).entries())
