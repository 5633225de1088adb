"""What the program is built on is listed, with versions and licences."""

from __future__ import annotations

import re
import tomllib

from project import ROOT

LISTED = (ROOT / "bench" / "LICENCES.md").read_text(encoding="utf-8")


def row(name: str) -> list[str]:
    """A package's cells: versions, licence, and what needs it."""
    found = re.search(rf"^\| {re.escape(plain(name))} \|(.*)\|$", LISTED, re.M)
    assert found, f"{name} is not listed; run: python bench/licences.py --write"
    return [cell.strip() for cell in found[1].split("|")]


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_pin_is_listed_with_its_version_and_licence() -> None:
    pins = "".join(file.read_text(encoding="utf-8") for file in ROOT.glob("constraints*.txt"))
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", pins, re.M)
    assert len(found) > 50
    for name, version in found:
        versions, licence, _ = row(name)
        assert version in versions.split(", "), f"{name}: python bench/licences.py --write"
        assert licence not in ("", "unknown"), name


def test_what_the_project_asks_for_is_said_to_be_needed_by_a_render() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for wanted in project["dependencies"]:
        name = re.match(r"[A-Za-z0-9._-]+", wanted)
        assert name
        assert row(name[0])[2] == "a render"


def test_the_page_on_security_leads_to_files_that_are_there() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert links
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_the_voices_in_the_package_are_listed_with_their_licence() -> None:
    folder = ROOT / "explainer" / "data" / "kokoro"
    notice = (folder / "NOTICE").read_text(encoding="utf-8")
    assert all(file.name in notice for file in folder.glob("*.bin"))
    assert "Apache License" in (folder / "LICENSE").read_text(encoding="utf-8")
    assert "explainer/data/kokoro" in LISTED
