"""The first film's interactive part answers its controls as the rules that it shows say."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from viewing import Reader, Shown

Visit = Callable[..., Reader]


COPIES = (2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 21, 25, 30, 35, 40, 50, 60, 70, 80, 90, 100)


@dataclass
class Rules:
    """The rules as the page states them, worked out by other means than the page's own."""

    copies: int
    drug: bool
    nk: bool
    taken: float = 0.0

    @property
    def receptors(self) -> float:
        return 10_000 * self.copies * (1 - self.taken)

    @property
    def held(self) -> float:
        return 0.9 * self.receptors if self.drug else 0.0

    @property
    def with_her3(self) -> float:
        free = self.receptors - self.held
        return 20_000 * free / (free + 200_000)

    @property
    def with_her2(self) -> float:
        left = self.receptors - self.held - self.with_her3
        return left * left / (left + 400_000)

    @property
    def signal(self) -> float:
        pairs = self.with_her2 / 2 + 2 * self.with_her3
        return pairs / (pairs + 50_000)

    def numbers(self) -> dict[str, str]:
        share = (self.with_her2 + self.with_her3) / self.receptors
        return {
            "receptors": f"{round(self.receptors / 1000) * 1000:,}",
            "taken": f"{round(10 * self.copies * self.taken) * 1000:,}",
            "paired": f"{100 * share:.0f} %",
            "signal": f"{100 * self.signal:.0f} %",
        }

    def after(self, steps: int) -> dict[str, str]:
        """Cells, tagged and taken apart; places in a row of 24 matter only to their number."""
        plain, tagged, dying, lost, grip, growth = 12, 0, 0, 0, 0.0, 0.0
        for _ in range(steps):
            self.taken += ((0.3 if self.drug else 0) - self.taken) / 4
            moved = min(4, plain) if self.drug else -min(4, tagged)
            plain, tagged = plain - moved, tagged + moved
            squared = self.held**2
            grip = grip + 2 * squared / (squared + 400_000**2) if self.nk and tagged else 0
            dying = min(int(grip), tagged)
            grip, tagged, lost = grip - dying, tagged - dying, lost + dying
            growth += (plain + tagged) * self.signal / 20
            born = min(int(growth), 24 - plain - tagged - dying)
            plain, growth = plain + born, growth - int(growth)
        cells = plain + tagged
        return {"cells": str(cells), "tagged": str(tagged), "lost": str(lost)}


def numbers(reader: Reader) -> dict[str, str]:
    found: dict[str, str] = reader.run(
        "Object.fromEntries(all('.lab output').map((o) => [o.name, o.textContent]))"
    )
    return found


def set_copies(reader: Reader, copies: int) -> None:
    reader.run("(one('#gene-copies').value = given)", str(COPIES.index(copies)))
    reader.page.locator("#gene-copies").dispatch_event("input")


def steps(reader: Reader, count: int) -> None:
    code = "[...Array(given)].forEach(() => one('.lab-bar button:nth-child(2)').click())"
    reader.run(code, count)


def on_the_rim(reader: Reader) -> dict[str, int]:
    """What is drawn on the large cell, each kind counted in the picture."""
    found: dict[str, int] = reader.run(
        """(() => {
          const kinds = all('.rim').slice(2).filter((r) => r.getAttribute('opacity') === '1.00')
            .map((r) => r.getAttribute('class').split(' '));
          const count = (...names) => kinds.filter((k) => names.every((n) => k.includes(n))).length;
          return { her2: count('her2'), her3: count('her3'), paired: count('her2', 'paired'),
            with_her3: count('her3', 'paired'), held: count('held'), free: count('her2', 'free'),
            inside: all('.vesicle.there').length };
        })()"""
    )
    return found


CASES = [(2, False, False), (25, False, False), (100, False, False), (100, True, False)]
CASES += [(100, True, True), (30, True, True), (2, True, True), (60, False, True)]


@pytest.fixture
def reader(shown: Shown, visit: Visit) -> Reader:
    return visit(shown.beside, "#explore", reduced_motion="reduce")


def test_numbers_are_as_the_stated_rules_say(reader: Reader) -> None:
    for copies, drug, nk in CASES:
        rules = Rules(copies, drug, nk)
        reader.run("one('.lab-bar button:nth-child(3)').click()")
        set_copies(reader, copies)
        for name, wanted in (("#use-drug", drug), ("#use-nk", nk)):
            reader.run(f"one('{name}').checked !== given && one('{name}').click()", wanted)
        found = numbers(reader)
        assert found["copies"] == str(copies)
        assert {name: found[name] for name in rules.numbers()} == rules.numbers()
        for made in range(1, 8):
            steps(reader, 1)
            found = numbers(reader)
            wanted_cells = Rules(copies, drug, nk).after(made)
            assert {k: found[k] for k in ("cells", "tagged", "lost")} == wanted_cells
            assert found["steps"] == f"Step {made}"
        rules.after(7)
        assert {name: found[name] for name in rules.numbers()} == rules.numbers()


def test_what_is_drawn_is_what_is_said(reader: Reader) -> None:
    for drug in (False, True):
        reader.page.set_checked("#use-drug", drug)
        for copies in COPIES:
            set_copies(reader, copies)
            rules = Rules(copies, drug, nk=False)
            seen = on_the_rim(reader)
            assert seen["her2"] == copies  # one for each 10,000
            assert abs(seen["held"] - rules.held / 10_000) <= 0.5
            paired = (rules.with_her2 + rules.with_her3) / 10_000
            assert abs(seen["paired"] - paired) <= 1.5  # to the nearest whole pair of each kind
            assert seen["free"] + seen["paired"] + seen["held"] == copies
            said = [
                int(text.split()[-1]) for text in reader.page.locator(".many").all_text_contents()
            ]
            free, pairs, with_her3, held = said
            assert [free, held, with_her3] == [seen["free"], seen["held"], seen["with_her3"]]
            assert 2 * pairs + with_her3 == seen["paired"]
            dim = reader.run("all('.stall').map((s) => s.classList.contains('absent'))")
            assert dim == [not number for number in said]


def test_a_normal_cell_stands_beside_it_and_the_larger_one_is_called_what_it_is(
    reader: Reader,
) -> None:
    for copies, name in ((2, "two copies"), (3, "a few too many"), (6, "amplified")):
        set_copies(reader, copies)
        texts = reader.page.locator(".cells text").all_text_contents()
        assert "normal cell" in texts
        assert "2 copies: 20,000" in texts
        assert name in texts
        assert f"{copies} copies: {copies * 10_000:,}" in texts
    assert reader.run("all('.rim').slice(0, 2).every((r) => r.getAttribute('opacity') === '1.00')")


def test_marks_lead_to_telling_numbers_of_copies(reader: Reader) -> None:
    for at, copies in enumerate((2, 6, 25, 100)):
        reader.page.click(f".marks button >> nth={at}")
        assert numbers(reader)["copies"] == str(copies)
        assert reader.run("all('.marks [aria-pressed=true]').length") == 1


def test_trastuzumab_leaves_arms_free_and_what_it_holds_is_taken_in(reader: Reader) -> None:
    set_copies(reader, 100)
    assert on_the_rim(reader)["held"] == 0
    reader.page.click("#use-drug")
    assert on_the_rim(reader)["held"] == 90
    assert reader.run("all('.stall:nth-of-type(4) .arm').length") == 1
    steps(reader, 12)
    seen = on_the_rim(reader)
    assert seen["inside"] > 25
    assert seen["inside"] + seen["her2"] == 100
    texts = reader.page.locator(".close text").all_text_contents()
    assert {"FcγRIIIa", "domain IV", "antibody", "HER3"} <= set(texts)


def test_claws_hold_tails_and_nothing_else(reader: Reader) -> None:
    set_copies(reader, 100)
    reader.page.click("#use-nk")
    assert reader.run("[all('.claw').length, all('.grip.there').length]") == [0, 0]
    reader.page.click("#use-drug")
    assert reader.run("[all('.claw').length, all('.grip.there').length]") == [5, 1]
    set_copies(reader, 2)
    held = on_the_rim(reader)["held"]
    assert reader.run("all('.claw').length") <= held


def test_resistant_cells_stay_when_all_others_are_gone(reader: Reader) -> None:
    set_copies(reader, 100)
    for name in ("drug", "nk", "resist"):
        reader.page.click(f"#use-{name}")
    assert numbers(reader)["resisting"] == "2"
    steps(reader, 60)
    found = numbers(reader)
    assert int(found["resisting"]) == int(found["cells"]) > 2
    assert "resistant cell" in reader.page.locator(".cells text").all_text_contents()
    assert on_the_rim(reader)["held"] == 0
    assert reader.run("all('.claw').length") == 0


def test_antibody_and_killer_cell_are_dropped_onto_the_cell(reader: Reader) -> None:
    set_copies(reader, 60)
    body = reader.page.locator(".cells .disc .body").nth(1).bounding_box()
    assert body
    middle = body["x"] + body["width"] / 2, body["y"] + body["height"] / 2
    for name in ("drug", "nk"):
        token = reader.page.locator(f".token.{name}").bounding_box()
        assert token
        reader.page.mouse.move(token["x"] + token["width"] / 2, token["y"] + 50)
        reader.page.mouse.down()
        reader.page.mouse.move(*middle, steps=4)
        reader.page.mouse.up()
        assert reader.page.is_checked(f"#use-{name}")
    assert on_the_rim(reader)["held"] == 54
    reader.page.locator(".token.nk").click()
    assert not reader.page.is_checked("#use-nk")


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
    assert reader.page.locator(".rules li").count() == 9
    assert reader.page.locator(".rules em").count() == 9
    reader.page.click(".lab-bar .full")
    reader.wait("document.fullscreenElement?.className === 'lab'")
    assert reader.flaws() == []


def test_one_calm_summary_is_said_and_nothing_while_it_plays(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, "#explore")
    regions = reader.run("all('.lab output').map((o) => [o.ariaLabel, o.ariaLive])")
    assert len(regions) == 10
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
    assert said.startswith("HER2 on the surface, about: 250,000. Taken in, about: 0. Of these, ")
    assert said.endswith("Tagged: 0. Resistant: 0. Taken apart: 0.")


def test_changes_are_told_to_screen_readers(reader: Reader) -> None:
    reader.page.focus("#gene-copies")
    reader.press("End")
    reader.wait("one('.spoken').textContent.includes('Growth signal: 88 %')")


def test_leaving_it_pauses_and_coming_back_finds_all_as_it_was(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, "#explore/100-drug-nk-resist", reduced_motion="reduce")
    steps(reader, 4)
    left = numbers(reader), on_the_rim(reader), reader.run("location.hash")
    reader.page.click(".views a >> nth=0")
    assert reader.page.locator(".lab").count() == 0
    reader.page.click(".views a >> nth=3")
    assert (numbers(reader), on_the_rim(reader), reader.run("location.hash")) == left
    reader.open(shown.beside, left[2])
    assert (numbers(reader), on_the_rim(reader), reader.run("location.hash")) == left
    steps(reader, 6)
    gone_on = numbers(reader)
    reader.page.click(".lab-bar button >> nth=2")
    steps(reader, 10)
    assert numbers(reader) == gone_on
    reader.page.click(".lab-bar button >> nth=2")
    assert reader.run("location.hash") == "#explore/100-drug-nk-resist"


def test_its_settings_are_kept_and_an_address_holds_them(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, "#explore/60-drug", reduced_motion="reduce")
    now = "[one('.copies output').value, one('#use-drug').checked, one('#use-nk').checked]"
    assert reader.run(now) == ["60", True, False]
    reader.page.click("#use-nk")
    assert reader.run("location.hash") == "#explore/60-drug-nk"
    for address, wanted in {
        "#explore/90": ["90", False, False],
        "#explore/%3Cb%3E-nk": ["25", False, True],
        "#explore/37.5.tttt": ["35", False, False],
        "#explore/40.1.xyz.2.0.0.0.0": ["40", False, False],
        "#explore/1e9-drug": ["100", True, False],
    }.items():
        reader.run("location.hash = given", address)
        reader.wait(f"JSON.stringify({now}) === given".replace("given", repr(compact(wanted))))
        assert numbers(reader)["steps"] == "Step 0"
    for _ in range(4):
        reader.page.go_back()
    reader.wait("one('.copies output').value === '90'")


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def test_nothing_is_left_over_when_no_cell_is(reader: Reader) -> None:
    set_copies(reader, 100)
    reader.page.click("#use-drug")
    reader.page.click("#use-nk")
    steps(reader, 60)
    found = numbers(reader)
    assert [found[name] for name in ("cells", "receptors", "taken", "signal")] == ["0"] * 3 + [
        "0 %"
    ]
    assert set(on_the_rim(reader).values()) == {0}
    assert reader.run("all('.claw, .grip.there, .token.nk.used').length") == 0
    assert "no cell is left" in reader.page.locator(".cells text").all_text_contents()
    reader.page.click(".lab-bar .primary")
    reader.wait("one('.lab-bar .primary').textContent === 'Play'")


def test_it_is_whole_on_the_smallest_phone(shown: Shown, visit: Visit) -> None:
    small = {"viewport": {"width": 320, "height": 640}, "reduced_motion": "reduce"}
    reader = visit(shown.beside, "#explore/100-drug-nk", **small)
    assert reader.run("document.documentElement.scrollWidth") == 320
    outside = reader.run(
        """all('.lab-scene text, .rim, .token, .stall').filter((part) => {
          const { left, right } = part.getBoundingClientRect();
          const frame = part.closest('svg').getBoundingClientRect();
          return left < frame.left - 1 || right > frame.right + 1;
        }).map((part) => part.outerHTML.slice(0, 90))"""
    )
    # the killer cell close up is larger than what is seen of it
    assert [part for part in outside if "stall" not in part] == []
    sizes = reader.run(
        """all('.lab-scene text').map((text) => parseFloat(getComputedStyle(text).fontSize)
        * text.getScreenCTM().a)"""
    )
    assert min(sizes) >= 10.5
    assert reader.flaws() == []
