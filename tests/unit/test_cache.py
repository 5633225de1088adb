import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from explainer.cache import lock_files, locks
from explainer.cache.files import write_atomically
from explainer.cache.ledger import NAME, Ledger
from explainer.cache.locks import SharedLock
from explainer.cache.store import FOLDER, TAG, Cache, Entry, differences, size_limit
from explainer.cli import main
from explainer.errors import ScriptError

RECIPE = {"thing": {"engine": "flite"}, "spoken": "hello"}


class Maker:
    def __init__(self, content: bytes = b"sound") -> None:
        self.content, self.calls = content, 0

    def __call__(self, path: Path) -> dict[str, int]:
        self.calls += 1
        path.write_bytes(self.content)
        return {"length": len(self.content)}


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def cache(tmp_path: Path, said: list[str]) -> Cache:
    return Cache(tmp_path / "cache", said.append)


def test_a_part_is_made_once_and_kept_with_its_facts(cache: Cache) -> None:
    make = Maker()
    first = cache.get_or_create("thing", "dots/one", RECIPE, ".wav", make)
    again = cache.get_or_create("thing", "dots/one", RECIPE, ".wav", make)
    assert make.calls == 1
    assert (first.reused, again.reused) == (False, True)
    assert again.path.read_bytes() == b"sound"
    assert again.metadata == {"length": 5}


@pytest.mark.parametrize(
    "other", [{**RECIPE, "spoken": "hallo"}, {**RECIPE, "new": 1}, {"spoken": "hello"}]
)
def test_another_recipe_is_another_part(cache: Cache, other: dict[str, object]) -> None:
    cache.get_or_create("thing", "dots/one", RECIPE, ".wav", Maker())
    assert not cache.get_or_create("thing", "dots/one", other, ".wav", Maker()).reused


def test_a_recipe_is_the_same_in_any_order(cache: Cache) -> None:
    cache.get_or_create("thing", "dots/one", RECIPE, ".wav", Maker())
    turned = dict(reversed(RECIPE.items()))
    assert cache.get_or_create("thing", "dots/one", turned, ".wav", Maker()).reused


@pytest.mark.parametrize("damage", [b"", b"soun", b"sOund", b"sound and more"])
def test_a_damaged_part_is_said_aloud_and_made_again(
    cache: Cache, said: list[str], damage: bytes
) -> None:
    entry = cache.get_or_create("thing", "dots/one", RECIPE, ".wav", Maker())
    entry.path.write_bytes(damage)
    again = cache.get_or_create("thing", "dots/one", RECIPE, ".wav", Maker())
    assert not again.reused
    assert again.path.read_bytes() == b"sound"
    assert said == ["a kept thing of dots/one is damaged; making it again"]


def test_damage_is_said_once_even_if_nothing_is_made_again(cache: Cache, said: list[str]) -> None:
    entry = cache.get_or_create("thing", "dots/one", RECIPE, ".wav", Maker())
    entry.path.write_bytes(b"noise")
    assert cache.get("thing", "dots/one", RECIPE, ".wav") is None
    assert cache.get("thing", "dots/one", RECIPE, ".wav") is None
    assert len(said) == 1


@pytest.mark.parametrize("note", ["", "{", "[]", '{"sha256": 1}', "null", "[" * 100_000])
def test_a_damaged_note_is_a_miss_too(cache: Cache, said: list[str], note: str) -> None:
    entry = cache.get_or_create("thing", "dots/one", RECIPE, ".wav", Maker())
    entry.path.with_suffix(".recipe.json").write_text(note)
    assert not cache.get_or_create("thing", "dots/one", RECIPE, ".wav", Maker()).reused
    assert len(said) == 1


def test_a_part_without_its_file_is_made_again(cache: Cache) -> None:
    cache.get_or_create("thing", "dots/one", RECIPE, ".wav", Maker()).path.unlink()
    assert not cache.get_or_create("thing", "dots/one", RECIPE, ".wav", Maker()).reused


def test_a_maker_that_fails_leaves_nothing_behind(cache: Cache) -> None:
    def fail(path: Path) -> dict[str, int]:
        path.write_bytes(b"half")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        cache.get_or_create("thing", "dots/one", RECIPE, ".wav", fail)
    left = {path.name for path in cache.root.rglob("*") if path.is_file()}
    assert left == {"used", TAG, NAME}


def test_a_miss_is_explained_by_what_changed(cache: Cache) -> None:
    def why(recipe: dict[str, object]) -> str:
        return cache.explain("thing", "dots/one", recipe, ".mp4")

    recipe = {"cue": {"lock": "4.200–4.900 s"}, "size": "1920x1080", "source": {"a.py": "1f"}}
    assert why(recipe) == "not made yet"
    cache.get_or_create("thing", "dots/one", recipe, ".mp4", Maker())
    assert why(recipe) == ""
    assert why({**recipe, "cue": {"lock": "4.433–5.100 s"}}) == (
        "cue lock changed: 4.200–4.900 s → 4.433–5.100 s"
    )
    assert why({**recipe, "cue": {}}) == "cue lock is gone"
    assert why({**recipe, "source": {"a.py": "1f", "b.py": "2a"}}) == "source b.py is new"


def test_a_miss_is_explained_by_the_recipe_that_was_used_last(cache: Cache) -> None:
    for size in ("small", "large", "small"):
        cache.get_or_create("thing", "dots/one", {"size": size}, ".mp4", Maker())
    why = cache.explain("thing", "dots/one", {"size": "huge"}, ".mp4")
    assert why == "size changed: small → huge"


def test_differences_are_found_at_any_depth() -> None:
    assert differences({"a": {"b": 1}, "c": [1]}, {"a": {"b": 2}, "c": [2]}) == [
        "a b changed: 1 → 2",
        "c changed",
    ]


def test_an_atomic_write_replaces_all_or_nothing(tmp_path: Path) -> None:
    target = tmp_path / "very" / "deep" / "film.srt"
    write_atomically(target, b"old")
    write_atomically(target, b"new")
    assert target.read_bytes() == b"new"
    with pytest.raises(TypeError):
        write_atomically(target, "text")  # type: ignore[arg-type]
    assert target.read_bytes() == b"new"
    assert [path.name for path in target.parent.iterdir()] == ["film.srt"]


def note_of(entry: Entry) -> Path:
    return entry.path.with_suffix(".recipe.json")


def test_a_bit_anywhere_in_a_part_or_its_note_is_guarded(cache: Cache, said: list[str]) -> None:
    entry = cache.get_or_create("thing", "dots/one", RECIPE, ".wav", Maker())
    for path in (entry.path, note_of(entry)):
        whole = path.read_bytes()
        for bit in range(0, 8 * len(whole), 9):
            damaged = bytearray(whole)
            damaged[bit // 8] ^= 1 << bit % 8
            path.write_bytes(damaged)
            note = note_of(entry).read_bytes()
            assert cache.get("thing", "dots/one", RECIPE, ".wav") is None, (path.name, bit)
            note_of(entry).write_bytes(note)
        path.write_bytes(whole)
        assert cache.get("thing", "dots/one", RECIPE, ".wav")
    assert len(said) > 200
    assert set(said) == {"a kept thing of dots/one is damaged; making it again"}


def test_two_parts_that_were_swapped_are_made_again(cache: Cache, said: list[str]) -> None:
    one = cache.get_or_create("thing", "dots/one", RECIPE, ".wav", Maker(b"one"))
    two = cache.get_or_create("thing", "dots/two", {"spoken": "two"}, ".wav", Maker(b"two"))
    for a, b in ((one.path, two.path), (note_of(one), note_of(two))):
        content = a.read_bytes()
        a.write_bytes(b.read_bytes())
        b.write_bytes(content)
    again = cache.get_or_create("thing", "dots/one", RECIPE, ".wav", Maker(b"one"))
    assert again.path.read_bytes() == b"one"
    assert not again.reused
    assert len(said) == 1


def test_the_note_of_another_version_is_not_believed(cache: Cache, said: list[str]) -> None:
    entry = cache.get_or_create("thing", "dots/one", RECIPE, ".wav", Maker())
    record = json.loads(note_of(entry).read_text())
    del record["seal"]
    note_of(entry).write_text(json.dumps(record))
    assert not cache.get_or_create("thing", "dots/one", RECIPE, ".wav", Maker()).reused
    assert len(said) == 1


def test_a_plan_knows_of_damage_too(cache: Cache) -> None:
    entry = cache.get_or_create("thing", "dots/one", RECIPE, ".mp4", Maker())
    assert cache.explain("thing", "dots/one", RECIPE, ".mp4") == ""
    entry.path.write_bytes(b"other")
    assert cache.explain("thing", "dots/one", RECIPE, ".mp4") == "the kept one is damaged"


def test_the_part_of_the_process_that_was_first_is_taken_by_both(cache: Cache) -> None:
    other = Cache(cache.root)

    def late(path: Path) -> dict[str, int]:
        other.get_or_create("thing", "dots/one", RECIPE, ".wav", Maker(b"first"))
        return Maker(b"second one")(path)

    entry = cache.get_or_create("thing", "dots/one", RECIPE, ".wav", late)
    assert entry.path.read_bytes() == b"first"
    assert entry.metadata == {"length": 5}


def filled(cache: Cache, count: int) -> list[Entry]:
    """Parts of a thousand bytes each, the first one used longest ago."""
    made = [
        cache.get_or_create("thing", f"dots/{n}", {"n": n}, ".wav", Maker(b"x" * 1000))
        for n in range(count)
    ]
    for n, entry in enumerate(made):
        os.utime(note_of(entry), (n, n))
    return made


def test_what_was_not_used_for_longest_is_removed_first(cache: Cache, said: list[str]) -> None:
    parts = filled(cache, 5)
    fresh = Cache(cache.root, said.append)
    assert fresh.get("thing", "dots/0", {"n": 0}, ".wav")  # used just now
    cache.evict(10**9)  # lets go
    each = 1000 + note_of(parts[0]).stat().st_size
    fresh.evict(3 * each)
    left = [n for n, part in enumerate(parts) if part.path.exists() and note_of(part).exists()]
    assert left == [0, 3, 4]
    assert said == [
        f"removed 2 kept parts not used for longest, to stay below {3 * each / 1e9:g} GB "
        "(EXPLAINER_CACHE_GB); EXPLAINER_CACHE_GB=0.1 would have kept them"
    ]
    fresh.evict(3 * each)
    assert len(said) == 1


def test_a_part_too_large_to_keep_makes_no_smaller_one_go(cache: Cache) -> None:
    sizes = {"old": 100, "large": 90_000, "new": 1000}
    made = {
        name: cache.get_or_create("thing", name, {"name": name}, ".wav", Maker(b"x" * size))
        for name, size in sizes.items()
    }
    for age, entry in enumerate(made.values()):
        os.utime(note_of(entry), (age, age))
    cache.evict(10**9)  # lets go
    Cache(cache.root).evict(10_000)
    assert [name for name, entry in made.items() if entry.path.exists()] == ["old", "new"]


def test_what_this_render_uses_stays_however_small_the_limit(cache: Cache, said: list[str]) -> None:
    parts = filled(cache, 3)
    for _ in range(2):  # so that what is too much for the limit is not made again and again
        again = Cache(cache.root, said.append)
        assert all(again.get("thing", f"dots/{n}", {"n": n}, ".wav") for n in range(3))
        cache.evict(0)
        again.evict(0)
        assert all(part.path.exists() for part in parts)
        assert said.pop() == (
            "what was used just now takes 0.00 GB, over the limit of 0 GB (EXPLAINER_CACHE_GB); "
            "it stays until a render does not use it. EXPLAINER_CACHE_GB=0.1 keeps it"
        )
    assert not said
    Cache(cache.root).evict(0)
    assert not any(part.path.exists() for part in parts)


def test_nothing_is_removed_while_another_process_is_at_work(cache: Cache) -> None:
    parts = filled(cache, 3)
    Cache(cache.root).evict(0)  # `cache` may still be using its parts
    assert all(part.path.exists() for part in parts)


def test_what_a_killed_process_left_goes_after_a_day(cache: Cache) -> None:
    filled(cache, 1)
    old, new = cache.temp_path("picture", ".mp4"), cache.temp_path("picture", ".mp4")
    folder = cache.root / "drawing-x"
    folder.mkdir()
    cache.claim().begin(folder, folder=True)
    for path in (old, folder):
        os.utime(path, (0, 0))
    cache.evict(10**9)
    assert [path.exists() for path in (old, new, folder)] == [False, True, False]
    assert cache.get("thing", "dots/0", {"n": 0}, ".wav")


def test_the_limit_is_two_gigabytes_or_what_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXPLAINER_CACHE_GB", raising=False)
    assert size_limit() == 2_000_000_000
    monkeypatch.setenv("EXPLAINER_CACHE_GB", "0.5")
    assert size_limit() == 500_000_000
    for wrong in ("", "much", "-1", "nan", "inf"):
        monkeypatch.setenv("EXPLAINER_CACHE_GB", wrong)
        with pytest.raises(ScriptError, match="is no size in gigabytes"):
            size_limit()


NO_FLOCK = """
from explainer.cache import lock_files
lock_files.fcntl = None
"""


@pytest.fixture(params=["flock", "SQLite"])
def locking(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Files locked in either way; gives the code by which another process locks alike."""
    if request.param == "flock":
        return ""
    monkeypatch.setattr(lock_files, "fcntl", None)
    return NO_FLOCK


HOLD = """
import sys, time
from pathlib import Path
from explainer.cache import locks
with locks.lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(3600)
"""


@pytest.fixture
def holder(tmp_path: Path, locking: str) -> Callable[[], subprocess.Popen[str]]:
    def hold() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", locking + HOLD, str(tmp_path / "lock")]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        return process

    return hold


class Clock:
    """A clock that only sleeping moves on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def test_a_lock_names_the_process_that_has_it_once_patience_is_over(
    tmp_path: Path,
    locking: str,
    holder: Callable[[], subprocess.Popen[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with holder() as process:
        said = "another process" if locking else f"process {process.pid}\n.*kill"
        clock = Clock()
        monkeypatch.setattr(locks, "time", clock)
        with (
            pytest.raises(ScriptError, match=f"locked by {said}") as caught,
            locks.lock(tmp_path / "lock", timeout=30),
        ):
            pytest.fail("two at once")
        assert 1030 < clock.now < 1031
        assert caught.value.exit_code == 2
        process.kill()


@pytest.mark.usefixtures("locking")
def test_a_thread_goes_into_its_own_lock_again_and_another_does_not(tmp_path: Path) -> None:
    path = tmp_path / "lock"

    def enter() -> str:
        try:
            with locks.lock(path, timeout=0):
                return "in"
        except ScriptError:
            return "kept out"

    with locks.lock(path), ThreadPoolExecutor(1) as other:
        assert enter() == "in"
        assert other.submit(enter).result() == "kept out"
    assert enter() == "in"


def test_the_lock_of_a_dead_process_is_taken_over(
    tmp_path: Path, holder: Callable[[], subprocess.Popen[str]]
) -> None:
    with holder() as process:
        process.send_signal(signal.SIGKILL)
    with locks.lock(tmp_path / "lock", timeout=0.2):
        pass


def test_a_lock_whose_number_another_process_has_by_now_is_taken_over(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(f"{os.getppid()}\n")  # alive, and has nothing to do with it
    with locks.lock(tmp_path / "lock", timeout=0.2):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_where_there_is_no_flock_a_lock_of_a_system_that_has_it_is_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lock"
    path.write_text("4711\n")
    monkeypatch.setattr(lock_files, "fcntl", None)
    with locks.lock(path, timeout=0):
        assert [file.name for file in tmp_path.iterdir()] == ["lock"]
    assert path.read_bytes() == b""
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="must be a plain file"), locks.lock(path, timeout=0):
        pytest.fail("a link was followed")
    assert not (tmp_path / "elsewhere").exists()


def test_a_disk_that_knows_no_locks_is_worked_on_without(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    cache.get_or_create("thing", "dots/one", RECIPE, ".wav", Maker())
    assert cache.get_or_create("thing", "dots/one", RECIPE, ".wav", Maker()).reused
    cache.evict(0)


AT_WORK = """
import sys
from pathlib import Path
from explainer.cache.store import Cache
cache = Cache(Path(sys.argv[1]))
print(cache.temp_path("picture", ".mp4"), flush=True)
sys.stdin.read()
"""


def test_cleaning_leaves_all_that_a_living_render_uses(
    tmp_path: Path, locking: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / FOLDER
    kept = Cache(root).get_or_create("thing", "dots/one", RECIPE, ".wav", Maker())
    film = tmp_path / "build" / "dots.mp4"
    ledger = Ledger.own(film.parent)
    ledger.begin(film)
    film.write_bytes(b"half of it")
    clean = ["clean", "--all", "--script", str(tmp_path / "script.yaml")]
    command = [sys.executable, "-c", locking + AT_WORK, str(root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        unfinished = Path(process.stdout.readline().decode().strip())
        assert main(clean) == 2
        assert f"{root} is in use" in capsys.readouterr().err
        assert all(path.exists() for path in (unfinished, kept.path, film))
        process.kill()
    assert main(clean) == 0
    assert not root.exists()
    assert not film.parent.exists()


def test_who_comes_while_all_is_removed_holds_what_others_hold(tmp_path: Path) -> None:
    path = tmp_path / "used"
    removing = SharedLock(path)
    assert removing.try_upgrade()
    with ThreadPoolExecutor(1) as other:
        coming = other.submit(SharedLock, path)
        path.unlink()
        removing.close()
        held = coming.result()
    later = SharedLock(path)
    assert not later.try_upgrade()
    held.close()
    assert later.try_upgrade()
    later.close()
