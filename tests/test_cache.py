from pathlib import Path

import pytest

from explainer.cache import Cache, differences, write_atomically

RECIPE = {"voice": {"engine": "flite"}, "spoken": "hello"}


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
    first = cache.fetch("voice", "dots/one", RECIPE, ".wav", make)
    again = cache.fetch("voice", "dots/one", RECIPE, ".wav", make)
    assert make.calls == 1
    assert (first.reused, again.reused) == (False, True)
    assert again.path.read_bytes() == b"sound"
    assert again.facts == {"length": 5}


@pytest.mark.parametrize(
    "other", [{**RECIPE, "spoken": "hallo"}, {**RECIPE, "new": 1}, {"spoken": "hello"}]
)
def test_another_recipe_is_another_part(cache: Cache, other: dict[str, object]) -> None:
    cache.fetch("voice", "dots/one", RECIPE, ".wav", Maker())
    assert not cache.fetch("voice", "dots/one", other, ".wav", Maker()).reused


@pytest.mark.parametrize("damage", [b"", b"soun", b"sOund", b"sound and more"])
def test_a_damaged_part_is_said_aloud_and_made_again(
    cache: Cache, said: list[str], damage: bytes
) -> None:
    entry = cache.fetch("voice", "dots/one", RECIPE, ".wav", Maker())
    entry.path.write_bytes(damage)
    again = cache.fetch("voice", "dots/one", RECIPE, ".wav", Maker())
    assert not again.reused
    assert again.path.read_bytes() == b"sound"
    assert said == ["a kept voice of dots/one is damaged; making it again"]


@pytest.mark.parametrize("note", ["", "{", "[]", '{"sha256": 1}', "null"])
def test_a_damaged_note_is_a_miss_too(cache: Cache, said: list[str], note: str) -> None:
    entry = cache.fetch("voice", "dots/one", RECIPE, ".wav", Maker())
    entry.path.with_suffix(".recipe.json").write_text(note)
    assert not cache.fetch("voice", "dots/one", RECIPE, ".wav", Maker()).reused
    assert len(said) == 1


def test_a_part_without_its_file_is_made_again(cache: Cache) -> None:
    cache.fetch("voice", "dots/one", RECIPE, ".wav", Maker()).path.unlink()
    assert not cache.fetch("voice", "dots/one", RECIPE, ".wav", Maker()).reused


def test_a_maker_that_fails_leaves_nothing_behind(cache: Cache) -> None:
    def fail(path: Path) -> dict[str, int]:
        path.write_bytes(b"half")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        cache.fetch("voice", "dots/one", RECIPE, ".wav", fail)
    assert [path.name for path in cache.root.rglob("*") if path.is_file()] == ["used"]


def test_a_miss_is_explained_by_what_changed(cache: Cache) -> None:
    def why(recipe: dict[str, object]) -> str:
        return cache.explain("picture", "dots/one", recipe, ".mp4")

    recipe = {"cue": {"lock": "4.200–4.900 s"}, "size": "1920x1080", "source": {"a.py": "1f"}}
    assert why(recipe) == "not made yet"
    cache.fetch("picture", "dots/one", recipe, ".mp4", Maker())
    assert why(recipe) == ""
    assert why({**recipe, "cue": {"lock": "4.433–5.100 s"}}) == (
        "cue lock changed: 4.200–4.900 s → 4.433–5.100 s"
    )
    assert why({**recipe, "cue": {}}) == "cue lock is gone"
    assert why({**recipe, "source": {"a.py": "1f", "b.py": "2a"}}) == "source b.py is new"


def test_differences_are_found_at_any_depth() -> None:
    assert differences({"a": {"b": 1}, "c": [1]}, {"a": {"b": 2}, "c": [2]}) == [
        "a b changed: 1 → 2",
        "c changed",
    ]


def test_an_atomic_write_replaces_all_or_nothing(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "film.srt"
    write_atomically(target, b"old")
    write_atomically(target, b"new")
    assert target.read_bytes() == b"new"
    with pytest.raises(TypeError):
        write_atomically(target, "text")  # type: ignore[arg-type]
    assert target.read_bytes() == b"new"
    assert [path.name for path in target.parent.iterdir()] == ["film.srt"]
