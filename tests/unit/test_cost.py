from __future__ import annotations

import pytest

from cost import Unit

ADDING = Unit("adding up", lambda: sum(range(300_000)))


def test_work_that_costs_about_a_unit_gives_what_it_gives() -> None:
    assert ADDING.bounds(4, lambda: sum(range(300_000))) == sum(range(300_000))


def test_work_that_costs_many_units_is_refused() -> None:
    with pytest.raises(AssertionError, match="times adding up, not 4"):
        ADDING.bounds(4, lambda: sum(range(9_000_000)))
