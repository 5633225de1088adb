import sys

import pytest

from explainer import cli
from explainer.cli import main
from explainer.errors import (
    Problem,
    ScriptError,
    SourceLocation,
    VoiceError,
    choose_remedy,
    command,
    error_text,
)


def test_a_problem_shows_its_place_its_line_carets_and_a_remedy() -> None:
    place = SourceLocation("script.yaml", 7, 10, "  cite: [cho2033]", 7)
    problem = Problem("cite names no source “cho2033”", place, "sources: cho2003")
    assert str(problem) == (
        "script.yaml:7:10: cite names no source “cho2033”\n"
        "      cite: [cho2033]\n"
        "             ^^^^^^^\n"
        "  → sources: cho2003"
    )


def test_tabs_before_the_words_keep_the_carets_under_them() -> None:
    assert SourceLocation("f", 1, 3, "\tab", 1).carets() == "    \tab\n    \t ^"


def test_carets_stand_under_words_with_marks_of_their_own_and_under_wide_ones() -> None:
    assert SourceLocation("f", 1, 5, "fu\u0308r ab", 2).carets() == "    fu\u0308r ab\n       ^^"
    assert SourceLocation("f", 1, 3, "細胞は ab", 1).carets() == "    細胞は ab\n        ^^"


def test_carets_never_run_past_the_line() -> None:
    assert SourceLocation("f", 1, 2, "abc", 50).carets().endswith(" ^^")


def test_an_error_holds_all_its_problems() -> None:
    error = ScriptError(Problem("one"), Problem("two", remedy="fix it"))
    assert str(error) == "one\ntwo\n  → fix it"
    assert error.exit_code == 2


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["render.py", "film"], "python render.py say a.b"),
        (["/a film/render.py", "--script", "x y.yaml"],
         "python '/a film/render.py' say a.b --script 'x y.yaml'"),
        (["/usr/bin/explainer", "check", "--script=other.yaml"],
         "explainer say a.b --script=other.yaml"),
        (["/usr/bin/explainer", "check", "--script"], "explainer say a.b"),
        (["a program of somebody"], "explainer say a.b"),
        ([], "explainer say a.b"),
    ],
)  # fmt: skip
def test_a_remedy_is_typed_as_the_command_was(monkeypatch, argv, said) -> None:
    monkeypatch.setattr(sys, "argv", argv)
    assert command("say", "a.b") == said


def test_an_error_without_words_is_told_by_its_class() -> None:
    assert error_text(TimeoutError()) == "TimeoutError"
    assert error_text(EOFError(" \n")) == "EOFError"
    assert error_text(ValueError("too long")) == "too long"


@pytest.mark.parametrize("error", [OSError(), TimeoutError(), VoiceError()])
def test_no_command_ends_without_a_reason(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: object) -> cli.CommandResult:
        raise error

    monkeypatch.setattr(cli, "command_function", lambda _: fail)
    assert main(["voices"]) != 0
    assert capsys.readouterr().err.startswith(f"{type(error).__name__}\n")


def test_of_few_names_all_are_told_and_of_many_those_that_are_like_the_one_meant() -> None:
    assert choose_remedy("c", ["a", "b"]) == "choose one of a, b"
    many = [f"part{number}.line" for number in range(5000)]
    assert choose_remedy("part4711.lin", many).startswith(
        "choose one of 5000, such as part4711.line, "
    )
    assert len(choose_remedy("xyz", many)) < 120
