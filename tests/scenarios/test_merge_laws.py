"""The laws of merging, on random days of work, against an oracle that shares nothing with the engine.

Four laptops (and copies of them carried by hand, restored backups, and who joins meanwhile) write
the same few fields of the same few records, so that clashes are the rule. Whatever they exchange, in
whatever order: the state is what the entries say, all end alike, nothing ever said is lost, and no
honest package is refused, but one of a laptop whose introduction has not come: that one is taken later.
The long run over many more days is promise 12 of tests/torture.
"""

import os

import pytest
from day import SKEWS, TALLY, Day
from file_rules import FileRules
from harm_rules import HarmRules
from hearing_rules import HearingRules
from hypothesis import HealthCheck, Phase, event, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, run_state_machine_as_test
from note_rules import NoteRules
from team_rules import TEAM

LONG = os.environ.get("FIELDWORK_LONG")
EXAMPLES = int(os.environ.get("FIELDWORK_LAWS_EXAMPLES", "1000" if LONG else "10"))
STEPS = int(os.environ.get("FIELDWORK_LAWS_STEPS", "40" if LONG else "25"))
SIZE = 4


class MergeLaws(NoteRules, HarmRules, HearingRules, FileRules, Day, RuleBasedStateMachine):
    @initialize(skews=st.lists(st.sampled_from(SKEWS), min_size=SIZE, max_size=SIZE))
    def begin(self, skews: list[int]) -> None:
        self.starts(skews)

    @invariant()
    def state_is_what_the_entries_say(self) -> None:
        self.as_the_entries_say()

    def teardown(self) -> None:
        try:
            if self.team:
                self.end()
                event(f"conflicts at the end: {min(self.open_at_the_end, 5)}")
        finally:
            self.closes()


@pytest.mark.timeout(0 if LONG else 240)
def test_merge_laws() -> None:
    """The suite's short run; FIELDWORK_LONG makes it 1,000 days of 40 acts."""
    phases = [Phase.generate] if os.environ.get("FIELDWORK_NO_SHRINK") else list(Phase)
    seeded = os.environ.get("FIELDWORK_LAWS_SEED")
    machine = seed(int(seeded))(MergeLaws) if seeded else MergeLaws
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            phases=phases,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(dict(TALLY), dict(TEAM))


if __name__ == "__main__":
    try:
        test_merge_laws()
    except BaseException:
        print(f"failed after {TALLY['days begun']} days")
        raise
