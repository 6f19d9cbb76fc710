"""An earlier value put back by a script, and undone."""

import pytest

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import NoteLine
from fieldwork.domain.values import new_id
from fieldwork.store.reading import get
from fieldwork.store.recording import Change, record
from fieldwork.work import settling, undoing
from fieldwork.work.acts import Script
from laptops import team


def test_the_value_before_is_put_back_as_an_act(tmp_path):
    (ours,) = team(tmp_path, 1)
    with ours:
        id = new_id()
        for text in ("One.", "Two."):
            record(ours, "edit", [Change(NoteLine.kind, id, {"text": text})])
        act = {
            "act": "restore-value",
            "record": "$line",
            "field": "text",
            "change": "before",
            "reason": "it was right",
        }
        Script(ours, {"line": id}).perform(act)
        assert get(ours, NoteLine, id).text == "One."
        newest = settling.told(ours, id).steps[0]
        assert (newest.act, newest.reason) == ("restore value", "it was right")
        undoing.undo(ours)
        assert get(ours, NoteLine, id).text == "Two."
        with pytest.raises(Fault, match="not in the history"):
            settling.restore_value(ours, id, "speaker", "before")
