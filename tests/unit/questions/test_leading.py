"""Who marks what of a file that two mark; on the shipped set, and by hand."""

from pathlib import Path

from fieldwork.assets import asset
from fieldwork.questions import leading
from fieldwork.questions.reading import read_form

FORM = """
| survey |
| | type | name | label | relevant | calculation | lead | section |
| | text | A1 | first | | | P | A |
| | text | P1 | led by the police | | | P | B |
| | calculate | step | between | | ${P1} | J | B |
| | text | J1 | reads it through another | ${step} = 'x' | | J | B |
| | text | P2 | reads one that does | ${J1} = 'y' | | P | B |
| | text | C1 | reads what was agreed | ${A1} = 'z' | | C | B |
| | text | J2 | reads nothing | | | J | B |
"""


def test_the_shipped_set() -> None:
    questions = read_form(Path(str(asset("questions/joint-case-building.xlsx"))))
    police, prosecution = (leading.asked_of(questions, side, first={"A"}) for side in "PC")
    both = {q.code for q in questions.answerable}
    first = {q.code for q in questions.answerable if q.section == "A"}
    after = leading.deferred(questions, first={"A"})
    assert after == {"F07", "H06", "K03"}
    lead = {q.code: q.lead for q in questions.answerable}
    assert {lead[code] for code in (police - prosecution) & both} == {"P"}
    assert {lead[code] for code in (prosecution - police) & both} == {"C"}
    assert (police | prosecution) & both == both - first - after
    assert police & prosecution & both == {c for c in both - first - after if lead[c] == "J"}
    assert leading.asked_of(questions, "P", scope="all", first={"A"}) & both == both - first
    assert leading.deferred(questions, scope="all", first={"A"}) == frozenset()


def test_a_condition_is_followed_through_others(tmp_path: Path) -> None:
    form = tmp_path / "form.md"
    form.write_text(FORM, "utf-8")
    questions = read_form(form)
    assert leading.deferred(questions, first={"A"}) == {"J1", "P2"}
    assert leading.asked_of(questions, "C", first={"A"}) >= {"C1", "J2"}
    assert "P2" not in leading.asked_of(questions, "C", first={"A"})
