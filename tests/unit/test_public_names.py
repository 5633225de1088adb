"""What programs import from `explainer` itself."""

from __future__ import annotations

import subprocess
import sys

import pytest

import explainer
from explainer import RenderOptions, RenderResult, find_format, render
from project import TINY, Project


def test_the_package_loads_nothing_until_a_name_of_it_is_used() -> None:
    code = "import explainer, sys; print(sorted(n for n in sys.modules if 'explainer.' in n))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("name", explainer.__all__)
def test_each_public_name_is_there(name: str) -> None:
    assert getattr(explainer, name)


def test_a_name_that_is_not_there_is_an_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'rendre'"):
        _ = explainer.rendre


@pytest.mark.render
def test_a_program_renders_a_film(project: Project) -> None:
    result = render(RenderOptions(project.script, find_format(TINY)))
    assert isinstance(result, RenderResult)
    assert result.path.is_file()
    assert result.path in result.files
