"""The lesson of a page: questions at its lines and at its end, by keyboard, and on paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from viewing import Reader, Shown

Visit = Callable[..., Reader]


def said_by(reader: Reader) -> str:
    return str(reader.run("one('.spoken').textContent"))


def test_questions_at_the_end_give_a_reason_for_each_answer_and_count_the_first(
    shown: Shown, visit: Visit
) -> None:
    reader = visit(shown.beside, "#questions")
    assert reader.text(".score") == "0 of 2 answered, 0 right."
    assert reader.run("all('.cards .why:not([hidden])').length") == 0
    first, second = reader.page.locator(".cards fieldset").all()
    first.get_by_role("button", name="Check").click()
    assert said_by(reader) == "Choose an answer first."
    first.get_by_label("The teal one.").check()
    first.get_by_role("button", name="Check").click()
    assert said_by(reader).startswith("Not quite. The right answer: The pink one. It is shown")
    assert first.locator(".why").all_inner_texts() == [
        "Not quite. It follows.",
        "Right. It is shown alone at first.",
        "Not quite. One comes after the other.",
    ]
    assert first.locator(".cite").get_attribute("href") == "#source-1"
    assert reader.text(".score") == "1 of 2 answered, 0 right."
    assert first.get_by_label("The pink one.").is_disabled()
    second.get_by_label("From above.").check()
    second.get_by_role("button", name="Check").click()
    assert reader.text(".score") == "2 of 2 answered, 1 right."
    reader.open(shown.beside, "#questions")
    assert reader.text(".score") == "2 of 2 answered, 1 right."
    assert reader.run("all('.cards .chosen').map((row) => row.firstChild.textContent)") == [
        "The teal one.",
        "From above.",
    ]
    reader.page.get_by_role("button", name="Start over").click()
    assert reader.text(".score") == "0 of 2 answered, 0 right."


def test_a_lesson_is_done_by_keyboard_alone(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, "#questions")
    reader.page.focus(".views a[data-view=questions]")
    reader.press("Tab", "ArrowDown", "Tab", "Enter")
    assert reader.text(".score") == "1 of 2 answered, 1 right."
    assert reader.run("document.activeElement.classList.contains('chosen')")
    reader.press("Tab", "Tab", "Tab", "Space", "Tab", "Space")
    assert reader.text(".score") == "2 of 2 answered, 2 right."


def test_at_its_line_one_predicts_tries_and_sees(shown: Shown, visit: Visit) -> None:
    reader = visit(shown.beside, "#dots.one", reduced_motion="reduce")
    assert reader.page.locator(".stop fieldset").count() == 0
    reader.page.click(".player .forward")
    reader.wait("one('.stop fieldset')")
    assert reader.text(".stop legend") == "What will the second dot do?"
    reader.page.get_by_label("It stays.").check()
    reader.page.get_by_role("button", name="Try it").click()
    assert reader.run("document.activeElement.textContent") == "Move the slider, and look."
    assert reader.run("all('.stop .switch').every((each) => each.hidden)")
    assert reader.run("all('.stop .lab-bar, .stop .rules').length") == 0
    assert reader.run("all('.stop .why:not([hidden])').length") == 0
    address = reader.run("location.hash")
    reader.page.click(".stop .marks button >> nth=3")
    assert reader.text(".stop .receptors output") == "1,000,000"
    assert reader.run("location.hash") == address
    reader.page.get_by_role("button", name="See the answer").click()
    assert said_by(reader).startswith("Not quite. The right answer: It follows the first.")
    assert reader.run("all('.stop .why:not([hidden])').length") == 2
    assert reader.page.locator(".stop .lab").count() == 1
    assert reader.flaws() == []
    # the part is put away where the story goes on, and can be tried again later
    reader.page.click(".map button >> nth=2")
    assert reader.page.locator(".stop > *, .lab").count() == 0
    reader.page.click(".map button >> nth=1")
    reader.page.get_by_role("button", name="Try it").click()
    reader.page.click(".views a[data-view=explore]")
    assert reader.run("all('#gene-copies').length") == 1


@pytest.mark.parametrize("look", [{"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_questions_have_no_flaw_on_the_smallest_phone(
    shown: Shown, visit: Visit, look: dict[str, str]
) -> None:
    reader = visit(shown.beside, "#questions", viewport={"width": 320, "height": 640}, **look)
    assert reader.flaws() == []
    reader.page.get_by_label("The teal one.").check()
    reader.page.get_by_role("button", name="Check").first.click()
    assert reader.run("document.documentElement.scrollWidth") == 320
    assert reader.flaws() == []
    tops = reader.run("all('.views a').map((link) => link.getBoundingClientRect().top)")
    assert len(set(tops)) == 1


def test_a_sheet_is_printed_with_boxes_and_at_its_end_the_reasons(
    shown: Shown, visit: Visit
) -> None:
    reader = visit(shown.beside, "#questions")
    reader.run("(window.print = () => (window.printed = true))")
    reader.page.get_by_role("button", name="Print the sheet").click()
    assert reader.run("window.printed")
    reader.page.emulate_media(media="print")
    text = reader.text(".sheet")
    for wanted in ("What will the second dot do?", "☐ The teal one.", "☑ The pink one.", "Name:"):
        assert wanted in text
    assert not reader.page.locator("main").is_visible()
    reader.run("dispatchEvent(new Event('afterprint'))")
    assert not reader.page.locator(".sheet").is_visible()
    assert reader.page.locator(".transcript").is_visible()


def test_a_film_without_questions_has_no_place_for_them(shown: Shown, visit: Visit) -> None:
    info = replace(shown.clock.page_info, questions=())
    out = shown.film.with_name("unasked.html")
    shown.publish([replace(shown.clock, page_info=info)], out)
    reader = visit(out, "#questions")
    assert reader.run("document.documentElement.dataset.view") == "play"
    assert reader.run("all('.if-asked').length") == 0
