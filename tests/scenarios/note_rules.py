"""What people do to words in notes: mark them out, carry them, mask, tidy, join themes, seal a diary."""

from typing import Any

from day import LINES, SESSIONS, VALUES, laptop
from hypothesis import strategies as st
from hypothesis.stateful import rule

from fieldwork.domain.note_records import LOCATING
from fieldwork.store.conflicting import conflicts
from fieldwork.store.recording import DELETE
from fieldwork.store.state import DELETED

EXCERPTS = [b"excerpt-" + bytes([number]) * 8 for number in range(2)]
THEMES = [b"theme-" + bytes([number]) * 10 for number in range(2)]
TAG, MASK, DIARY = b"tag-" + bytes(12), b"mask-" + bytes(11), b"diary-" + bytes(10)

which = st.integers(0, 1)


class NoteRules:
    """Rules to be mixed into a day."""

    at: Any
    act: Any
    hand_over: Any
    team: Any

    @rule(i=laptop, one=which, line=which, quote=VALUES, start=st.integers(0, 3), way=st.integers(0, 3))
    def mark_out(self, i: int, one: int, line: int, quote: Any, start: int, way: int) -> None:
        """Words are marked out, or carried to another line; a theme, a mask may stand on them."""
        i = self.at(i)
        fields = {"target": LINES[line], "part": "text", "quote": quote, "start": start}
        self.act(i, "excerpt", EXCERPTS[one], fields)
        if way == 1:
            self.act(i, "tag", TAG, {"target": EXCERPTS[one], "theme": THEMES[line]})
        elif way == 2:
            self.act(i, "mask", MASK, {"target": EXCERPTS[one], "way": "redact"})
        elif way == 3:
            self.act(i, "excerpt", EXCERPTS[one], {DELETED: DELETE})

    @rule(i=laptop, apart=st.integers(1, 3), one=which, parted=st.booleans())
    def carried_on_both_sides(self, i: int, apart: int, one: int, parted: bool) -> None:
        """Two say unseen by each other where the same words are now: nobody is asked which of them is right.

        parted: they say other lines, which the oracle wants somebody to be asked about.
        """
        i, j = self.at(i), self.at(i + apart)
        for k, said, line in ((i, "late", 0), (j, "later", int(parted))):
            fields = {"part": "text", "quote": said, "before": said, "after": said, "start": len(said)}
            self.act(k, "excerpt", EXCERPTS[one], {"target": LINES[line], **fields})
        self.hand_over(i, j, everything=True)
        asked = {clash.field for clash in conflicts(self.team[j]) if clash.record == EXCERPTS[one]}
        assert not asked & LOCATING, "two are asked where words are"

    @rule(i=laptop, line=which, tidied=VALUES)
    def tidy(self, i: int, line: int, tidied: Any) -> None:
        self.act(self.at(i), "note_line", LINES[line], {"tidied": tidied})

    @rule(i=laptop, one=which, lift=st.booleans())
    def merge_themes(self, i: int, one: int, lift: bool) -> None:
        """Each into the other, as two may do unseen."""
        into = None if lift else THEMES[1 - one]
        self.act(self.at(i), "theme", THEMES[one], {"name": f"theme {one}", "merged_into": into})

    @rule(i=laptop, sealed=st.binary(min_size=1, max_size=3))
    def seal_a_diary(self, i: int, sealed: bytes) -> None:
        self.act(self.at(i), "diary_note", DIARY, {"session": SESSIONS[0], "sealed": sealed})
