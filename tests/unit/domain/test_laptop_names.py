"""Names that are given to laptops by the program are names as people may give them."""

import pytest

from fieldwork.domain.laptop_names import LONGEST, with_ending
from fieldwork.work.done import laptop_name


@pytest.mark.parametrize(
    "name", ["laptop 4", "x" * LONGEST, "x" * 300, "the one\nwith\ta line end", "\u202e4"]
)
@pytest.mark.parametrize("ending", ["restored", "2", "117"])
def test_a_name_with_an_ending_is_still_a_name(name: str, ending: str) -> None:
    made = with_ending(name, ending)
    assert laptop_name(made) == made and made.endswith(f"({ending})") and made[0] == name.strip("\u202e")[0]


def test_only_what_does_not_fit_is_left_out() -> None:
    assert with_ending("HMCPSI laptop 4", "restored") == "HMCPSI laptop 4 (restored)"
    assert with_ending("a" * 48 + " b", "restored") == "a" * 48 + " (restored)"
    assert len(with_ending("a" * 60, "restored")) == LONGEST
