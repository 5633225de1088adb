"""The first film's interactive part answers its controls as the rules that it shows say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from viewing import Reader, Shown

Visit = Callable[..., Reader]


@dataclass
class Rules:
    """The rules as the page states them, worked out by other means than the page's own."""

    copies: int
    drug: bool
    nk: bool

    @property
    def receptors(self) -> int:
        return 10_000 * self.copies

    @property
    def held(self) -> float:
        return 0.9 * self.receptors if self.drug else 0.0

    @property
    def paired(self) -> float:
        free = self.receptors - self.held
        return free * free / (free + 400_000)

    @property
    def signal(self) -> float:
        return self.paired / (self.paired + 100_000)

    def numbers(self) -> dict[str, str]:
        return {
            "receptors": f"{self.receptors:,}",
            "paired": f"{100 * self.paired / self.receptors:.0f} %",
            "signal": f"{100 * self.signal:.0f} %",
        }

    def after(self, steps: int) -> dict[str, str]:
        """Cells, tagged and taken apart; places in a row of 24 matter only to their number."""
        plain, tagged, dying, lost, grip, growth = 12, 0, 0, 0, 0.0, 0.0
        for _ in range(steps):
            moved = min(4, plain) if self.drug else -min(4, tagged)
            plain, tagged = plain - moved, tagged + moved
            grip = (
                grip + 2 * self.held**2 / (self.held**2 + 200_000**2) if self.nk and tagged else 0
            )
            dying = min(int(grip), tagged)
            grip, tagged, lost = grip - dying, tagged - dying, lost + dying
            growth += (plain + tagged) * self.signal / 20
            born = min(int(growth), 24 - plain - tagged - dying)
            plain, growth = plain + born, growth - int(growth)
        return {"cells": str(plain + tagged), "tagged": str(tagged), "lost": str(lost)}


def numbers(reader: Reader) -> dict[str, str]:
    found: dict[str, str] = reader.run(
        "Object.fromEntries(all('.lab output').map((o) => [o.name, o.textContent]))"
    )
    return found


def set_copies(reader: Reader, copies: int) -> None:
    reader.run("(one('#gene-copies').value = given)", str(copies))
    reader.page.locator("#gene-copies").dispatch_event("input")


CASES = [(2, False, False), (25, False, False), (100, False, False), (100, True, False)]
CASES += [(100, True, True), (30, True, True), (2, True, True), (60, False, True)]


@pytest.fixture
def reader(shown: Shown, visit: Visit) -> Reader:
    return visit(shown.beside, "#explore", reduced_motion="reduce")


@pytest.mark.parametrize(("copies", "drug", "nk"), CASES)
def test_numbers_are_as_the_stated_rules_say(
    reader: Reader, copies: int, drug: bool, nk: bool
) -> None:
    rules = Rules(copies, drug, nk)
    set_copies(reader, copies)
    for name, wanted in (("#use-drug", drug), ("#use-nk", nk)):
        reader.page.set_checked(name, wanted)
    found = numbers(reader)
    assert {k: found[k] for k in ("copies", "receptors", "paired", "signal")} == {
        "copies": str(copies),
        **rules.numbers(),
    }
    for steps in range(1, 8):
        reader.page.click(".lab-bar button >> nth=1")
        found = numbers(reader)
        assert {k: found[k] for k in ("cells", "tagged", "lost")} == rules.after(steps)
        assert found["steps"] == f"Step {steps}"


def test_more_copies_mean_more_receptors_pairs_and_signal(reader: Reader) -> None:
    drawn = []
    for copies in (2, 20, 50, 100):
        set_copies(reader, copies)
        said = reader.page.locator(".lab-scene svg").get_attribute("aria-label") or ""
        drawn.append([int(word) for word in said.replace(",", "").split() if word.isdigit()])
        seen = reader.run(
            "all('.receptor').filter((r) => r.getAttribute('opacity') === '1.00').length"
        )
        assert seen == drawn[-1][0]
        assert reader.run("all('.receptor.paired').length") == 2 * drawn[-1][1]
    assert drawn == sorted(drawn)
    assert drawn[0] == [2, 0, 0]
    assert drawn[-1][0] == 14


def test_trastuzumab_sits_between_receptors_and_leaves_their_arms(reader: Reader) -> None:
    set_copies(reader, 100)
    assert reader.run("all('.antibody').every((a) => a.getAttribute('opacity') === '0.00')")
    reader.page.click("#use-drug")
    held = reader.run("all('.receptor.held').length")
    assert held == 12
    assert (
        reader.run("all('.antibody').filter((a) => a.getAttribute('opacity') === '1.00').length")
        == 6
    )
    assert reader.run("all('.receptor.held .arm').length") == held
    assert reader.run("all('.killer.grips').length") == 0
    reader.page.click("#use-nk")
    assert reader.run("all('.killer.grips').length") == 1


def test_play_steps_by_itself_and_pause_holds(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, "#explore")
    reader.page.click(".lab-bar .primary")
    assert reader.text(".lab-bar .primary") == "Pause"
    reader.wait("Number(one('.steps-done').textContent.slice(5)) >= 2")
    reader.page.click(".lab-bar .primary")
    held = numbers(reader)["steps"]
    reader.page.wait_for_timeout(1100)
    assert numbers(reader)["steps"] == held
    reader.page.click(".lab-bar button >> nth=2")
    assert numbers(reader)["steps"] == "Step 0"


def test_it_has_its_rules_says_that_it_is_a_schematic_and_fills_the_screen(reader: Reader) -> None:
    assert "schematic" in reader.text("#explore .note")
    assert reader.page.locator(".rules li").count() == 6
    reader.page.click(".lab-bar .full")
    reader.wait("document.fullscreenElement?.className === 'lab'")
    assert reader.flaws() == []


def test_one_calm_summary_is_said_and_nothing_while_it_plays(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, "#explore")
    regions = reader.run("all('.lab output').map((o) => [o.ariaLabel, o.ariaLive])")
    assert len(regions) == 8
    assert all(name and live == "off" for name, live in regions)
    reader.run(
        """(window.said = [], new MutationObserver(() => said.push(one('.spoken').textContent))
        .observe(one('.spoken'), { childList: true }))"""
    )
    reader.page.click(".lab-bar .primary")
    reader.wait("Number(one('.steps-done').textContent.slice(5)) >= 1")
    assert reader.run("said.length") == 0
    reader.page.click(".lab-bar .primary")
    for _ in range(3):
        reader.page.click(".lab-bar button >> nth=1")
    reader.wait("said.length > 0")
    assert reader.run("said.length") == 1
    said = reader.run("said[0]")
    assert said.startswith("Receptors, about: 250,000. Paired: 38 %. Growth signal: 49 %. Tumor ")
    assert said.endswith("Tagged: 0. Taken apart: 0.")


def test_changes_are_told_to_screen_readers(reader: Reader) -> None:
    reader.page.focus("#gene-copies")
    reader.press("End")
    reader.wait("one('.spoken').textContent.includes('Growth signal: 88 %')")


def test_leaving_it_pauses_and_coming_back_starts_afresh(reader: Reader) -> None:
    reader.page.click(".lab-bar button >> nth=1")
    reader.page.click(".views a >> nth=0")
    assert reader.page.locator(".lab").count() == 0
    reader.page.click(".views a >> nth=3")
    assert numbers(reader)["steps"] == "Step 0"


def test_its_settings_are_kept_and_an_address_holds_them(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, "#explore/60-drug", reduced_motion="reduce")
    now = "[one('#gene-copies').value, one('#use-drug').checked, one('#use-nk').checked]"
    assert reader.run(now) == ["60", True, False]
    reader.page.click("#use-nk")
    assert reader.run("location.hash") == "#explore/60-drug-nk"
    reader.page.click(".views a >> nth=0")
    reader.page.click(".views a >> nth=3")
    assert reader.run(now) == ["60", True, True]
    assert reader.run("location.hash") == "#explore/60-drug-nk"
    for address, wanted in {
        "#explore/90": ["90", False, False],
        "#explore/%3Cb%3E-nk": ["25", False, True],
        "#explore/1e9-drug": ["100", True, False],
    }.items():
        reader.run("location.hash = given", address)
        reader.wait(f"JSON.stringify({now}) === given".replace("given", repr(compact(wanted))))
    reader.page.go_back()
    reader.page.go_back()
    reader.wait("one('#gene-copies').value === '90'")


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def test_it_stops_by_itself_when_no_cell_is_left(reader: Reader) -> None:
    set_copies(reader, 100)
    reader.page.click("#use-drug")
    reader.page.click("#use-nk")
    reader.run("[...Array(40)].forEach(() => one('.lab-bar button:nth-child(2)').click())")
    assert numbers(reader)["cells"] == "0"
    reader.page.click(".lab-bar .primary")
    reader.wait("one('.lab-bar .primary').textContent === 'Play'")
