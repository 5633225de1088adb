"""Each command of the command line has one module, and is loaded only when it is run."""

from __future__ import annotations

import argparse
import subprocess
import sys

import pytest

from explainer.cli import command_function
from explainer.cli.arguments import Options, parse, parser


def commands() -> list[str]:
    (choices,) = (
        action.choices
        for action in parser()._actions
        if isinstance(action, argparse._SubParsersAction)
    )
    return sorted(choices)


@pytest.mark.parametrize("name", commands())
def test_each_command_has_a_module_with_a_function_that_runs_it(name: str) -> None:
    assert callable(command_function(name))


def test_what_is_not_given_has_the_default_of_the_options() -> None:
    assert parse([]) == Options()
    assert parse(["--fit"]) == Options(fit=True)
    assert parse(["say", "--voice", "tone", "--voice", "flite"]).voice == ["tone", "flite"]


def test_languages_and_exports_are_each_taken_once_in_the_order_given() -> None:
    options = parse(["--lang", "en,es,en", "--export", "page,poster", "--export", "page"])
    assert options.languages == ("en", "es")
    assert options.exports == ("page", "poster")
    assert parse(["--youtube", "--export", "youtube"]).exports == ("youtube",)


def test_still_asks_a_running_watch_before_it_loads_what_draws() -> None:
    code = """if True:
        import sys
        import explainer.cli.still
        heavy = {"numpy", "manim", "av", "yaml", "PIL", "rich", "sqlite3"} & set(sys.modules)
        assert not heavy, heavy
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_help_loads_no_command_and_nothing_that_commands_need() -> None:
    code = """if True:
        import sys
        from explainer.cli import main
        try:
            main(["--help"])
        except SystemExit:
            heavy = {"numpy", "manim", "av", "yaml", "PIL", "rich"} & set(sys.modules)
            assert not heavy, heavy
            assert "explainer.cli.render" not in sys.modules
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
