"""The inspections that tests are handed as copies are as good as new ones, and never two of one laptop."""

import pytest

from fieldwork.domain.faults import Fault
from fieldwork.store.reading import canonical, dump
from fieldwork.store.verifying import verify
from fieldwork.store.workspace import Workspace
from fieldwork.work import visits
from worlds import PASSPHRASE, begin_test, made_anew, small_inspection


def test_no_two_that_can_meet_are_copies_of_one_and_what_was_done_to_one_is_in_no_other(tmp_path):
    folders = [tmp_path / name for name in ("first", "second", "later", "outlives")]
    for folder in folders:
        folder.mkdir()
    with small_inspection(folders[0]) as one, small_inspection(folders[1]) as two:
        begin = canonical(dump(one))
        assert one.inspection != two.inspection
        assert one.device != two.device and one.file_key != two.file_key
        visits.plan_visit(one, title="Another", bodies=["P33"], start="2026-12-01", end="2026-12-02")
        one.change_passphrase("quite other words over mud")
        device = one.device
    begin_test()
    with small_inspection(folders[2]) as later:
        assert later.device == device and canonical(dump(later)) == begin
        assert verify(later) == []
    Workspace.open(later.path, PASSPHRASE).close()
    with pytest.raises(Fault, match="exists already"):
        small_inspection(folders[2])
    with made_anew(), small_inspection(folders[3]) as lasting:
        assert lasting.device != device
