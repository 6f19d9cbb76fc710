"""Who may do what, and which entries count: worked out from the entries alone, the same on every laptop.

Leads are the founding laptop, those a lead has made so, and laptops that took over from one. What only a
lead may say counts for nothing from anybody else. A removed laptop's entries count up to the last ones
accepted of it; a laptop whose voucher was removed or withdrawn counts for nothing until a lead admits it.
Acts of leads are taken in the order of their logical times, which lie above all that they had seen; where an altered
program says an earlier time, what was known still comes before who knew it.
Nothing of this hides anything: what does not count stays in the history and is passed on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from fieldwork.domain.records import (
    Approval,
    Device,
    Epoch,
    EpochKey,
    Erasing,
    Invitation,
    TeamMember,
    Voiding,
    approval_id,
)
from fieldwork.domain.values import Id, Value
from fieldwork.store.deciding import Voucher, Word, in_order, vouchers_of
from fieldwork.store.entry import DELETED, REASON, Entry, Group
from fieldwork.store.holding import reach
from fieldwork.store.keys import DeviceKeys, device_id
from fieldwork.store.opened import load

# kinds that voiding an entry does not touch, and those that decide what counts
SPARED = frozenset({Device.kind, TeamMember.kind, Voiding.kind, Epoch.kind, EpochKey.kind})
DECIDING = SPARED | {Invitation.kind, Erasing.kind, Approval.kind}

_OWN = frozenset({"sign_key", "recipient", "invitation", "proof"})  # only the laptop itself, when it joins
_BY_LEADS = frozenset({"admitted", "leads", "removed", "accepted", DELETED})
_APPROVALS = 2
DROPPED = "dropped"  # meta: how often erasures took words away here
_kind = attrgetter("kind")
UNCLEARED = "uncleared"  # meta: an erasure took effect, and what else holds the words is still there

ALL, NOTHING, SPARED_ONLY = 1, 0, 2  # what of an entry counts


@dataclass(frozen=True)
class Erasure:
    """An erasure. entry: the request; device: only this laptop's words, or None for everybody's."""

    entry: bytes
    device: Id | None

    def covers(self, entry: Entry) -> bool:
        return (
            entry.hash != self.entry
            and self.entry not in entry.references
            and self.device in (None, entry.device)
        )


@dataclass
class Standing:
    """What follows from the entries that decide. cuts: removed laptops and how far each branch was accepted.

    removed_by, withdrawn: which laptop removed one, or withdrew an invitation.
    """

    leads: set[Id] = field(default_factory=set)
    admitted: set[Id] = field(default_factory=set)
    cuts: dict[Id, dict[int, int]] = field(default_factory=dict)
    removed_by: dict[Id, Id] = field(default_factory=dict)
    withdrawn: dict[Id, Id] = field(default_factory=dict)
    took_over: dict[Id, Id] = field(default_factory=dict)  # by laptop, whose work it goes on with
    shut_out: set[Id] = field(default_factory=set)
    voided: set[bytes] = field(default_factory=set)
    erasures: dict[Id, list[Erasure]] = field(default_factory=dict)
    asked: dict[Id, list[Erasure]] = field(default_factory=dict)  # all that were ever asked for
    in_force: set[Id] = field(default_factory=set)  # the erasures, by the record that asks for them
    spoken_of: set[Id] = field(default_factory=set)  # records on which only some have a say

    def may(self, entry: Entry, group: Group, name: str, value: Value) -> bool:
        """Whether who wrote this change had the say in it."""
        if group.kind not in DECIDING:
            return True
        lead = entry.device in self.leads
        if group.kind == Device.kind:
            if name in _OWN:
                return group.id == entry.device and entry.n == 1
            return lead or (
                group.id == entry.device and name not in _BY_LEADS and (entry.n == 1 or name == "label")
            )
        if group.kind == TeamMember.kind:
            return lead or (
                _introduces(entry, group) and name != DELETED and (name, value) != ("role", "lead")
            )
        if group.kind in (Voiding.kind, Epoch.kind, EpochKey.kind):
            return lead
        return lead or name not in ("withdrawn", DELETED) or group.kind == Erasing.kind

    def names_kind(self, entry: Entry, group: Group) -> bool:
        """Whether what kind a record is stands with this: it was said by who has the say in records that decide.

        Else a member could say of a removed laptop, under a kind of any name, that it was not removed.
        """
        return group.kind in SPARED and (entry.device in self.leads or group.id == entry.device)

    def erases(self, entry: Entry, group: Group) -> bool:
        """Whether what this entry says of a record is erased: a delete is not, nor what was written knowing of it."""
        return bool(self.erased_by(entry, group))

    def erased_by(self, entry: Entry, group: Group) -> list[Erasure]:
        if group.fields == (DELETED,):
            return []
        return [erasure for erasure in self.erasures.get(group.id, ()) if erasure.covers(entry)]

    def excuses(self, entry: Entry) -> bool:
        """Whether all that is missing beside this entry was named by somebody who asked for an erasure.

        It may have been in force where the words were dropped and be so no more, since a laptop that had
        approved it was removed: the entry stands without them, and who still holds them fills them in.
        """
        erased = [any(one.covers(entry) for one in self.asked.get(group.id, ())) for group in entry.groups]
        missing = [group.values is None for group in entry.groups]
        lost = entry.reason_digest is not None and entry.reason_salt is None
        return all(gone or not lack for gone, lack in zip(erased, missing, strict=True)) and (
            not lost or any(erased)
        )


def _introduces(entry: Entry, member: Group) -> bool:
    """Whether a laptop's first entry names here, anew, the member who works on it."""
    own = (g for g in entry.groups if g.kind == Device.kind and g.id == entry.device)
    named = {
        value for g in own for name, value in zip(g.fields, g.values or (), strict=False) if name == "member"
    }
    return entry.n == 1 and member.id in named and not member.replaces


def still_counts(counts: int, group: Group) -> bool:
    """Whether a group counts in an entry of which so much does."""
    return counts == ALL or (counts == SPARED_ONLY and group.kind in SPARED)


def decides(entry: Entry) -> bool:
    return not DECIDING.isdisjoint(map(_kind, entry.groups))


def standing(db: Any) -> Standing:
    """Who leads, what counts and what is erased, from all entries here."""
    words = [
        Word(load(db, no, body), branch)
        for no, body, branch in db.execute("SELECT no, body, branch FROM entry WHERE decides = 1").fetchall()
    ]
    words = in_order(db, words)
    founder, vouchers = _founder(db), vouchers_of(db, words)
    removed, removed_by = _removals(db, words, founder, vouchers)
    now = Standing(cuts=removed, removed_by=removed_by, asked=_asked(words))
    now.took_over = {id: voucher.id for id, voucher in vouchers.items() if voucher.took_over}
    now.spoken_of = {g.id for word in words for g in word.entry.groups if g.kind in DECIDING}
    counted = [word for word in words if not _beyond(word, removed)]
    _, now.leads = _appointed(counted, founder, vouchers)
    now.admitted = _last(counted, now.leads, Device.kind, "admitted").keys() | {founder}
    now.withdrawn = _last(counted, now.leads, Invitation.kind, "withdrawn")
    now.shut_out = _shut_out(counted, now, vouchers)
    counted = [word for word in counted if word.entry.device not in now.shut_out or word.entry.n == 1]
    now.voided = _voided(counted, now.leads)
    counted = [word for word in counted if word.entry.device not in now.shut_out]
    now.erasures, now.in_force = _erasures(counted, now.leads)
    return now


def _founder(db: Any) -> Id:
    row = db.execute("SELECT value FROM meta WHERE name = 'founder_public'").fetchone()
    return device_id(row[0]) if row else b""


def _appointed(
    words: Iterable[Word], founder: Id, vouchers: Mapping[Id, Voucher]
) -> tuple[dict[Id, dict[str, Value]], set[Id]]:
    """What leads said of laptops, in order, and who became a lead.

    Who took over from a lead is one, too; once that one is removed, only if another lead had let it in by then, or if
    it removed its own earlier name itself: that of a laptop that was lost, say, whose backup it was restored from.
    """
    heirs: dict[Id, list[Id]] = {}
    for id, voucher in vouchers.items():
        if voucher.took_over:
            heirs.setdefault(voucher.id, []).append(id)
    laptops: dict[Id, dict[str, Value]] = {}
    let_in: set[Id] = set()
    leads = {founder} | _line(founder, heirs, set())
    for word in words:
        device = word.entry.device
        if device not in leads:
            continue
        said_here = list(word.said(Device.kind))
        let_in |= {
            g.id for g, said in said_here if g.id != device and 1 in (said.get("admitted"), said.get("leads"))
        }
        for group, said in said_here:
            laptops.setdefault(group.id, {}).update(said)
            if said.get("removed") == 1:
                leads -= _line(group.id, heirs, let_in | {device})
            if said.get("leads") == 1:
                removed = laptops[group.id].get("removed") == 1
                leads |= {group.id} | (set() if removed else _line(group.id, heirs, set()))
    return laptops, leads


def _line(device: Id, heirs: Mapping[Id, list[Id]], but: set[Id]) -> set[Id]:
    """Who took over from a laptop, and from these in turn; not beyond those left out."""
    found: set[Id] = set()
    after = [device]
    while after:
        new = {heir for heir in heirs.get(after.pop(), ()) if heir not in found and heir not in but}
        found |= new
        after += new
    return found


def _removals(
    db: Any, words: Iterable[Word], founder: Id, vouchers: Mapping[Id, Voucher]
) -> tuple[dict[Id, dict[int, int]], dict[Id, Id]]:
    """The removed laptops, and up to which number of every branch their entries were accepted; and who removed them.

    Each removal is judged by those before it: what a lead says who was removed before counts no more.
    """
    cuts: dict[Id, dict[int, int]] = {}
    by: dict[Id, Id] = {}
    heard: list[Word] = []
    for word in words:
        if _beyond(word, cuts):
            continue
        heard.append(word)
        if not any("removed" in said or "accepted" in said for _, said in word.said(Device.kind)):
            continue
        laptops, _ = _appointed(heard, founder, vouchers)
        cuts = {
            id: reach(db, _hashes(said.get("accepted")))
            for id, said in laptops.items()
            if said.get("removed") == 1
        }
        by = {id: by.get(id, word.entry.device) for id in cuts}
    return cuts, by


def _hashes(value: Value) -> list[bytes]:
    if not isinstance(value, bytes):
        return []
    return [value[at : at + 32] for at in range(0, len(value) - 31, 32)]


def _beyond(word: Word, cuts: Mapping[Id, Mapping[int, int]]) -> bool:
    accepted = cuts.get(word.entry.device)
    return accepted is not None and word.entry.n > max(accepted.get(word.branch, 0), 1)


def _last(words: Iterable[Word], leads: set[Id], kind: str, name: str) -> dict[Id, Id]:
    """The records of a kind for which leads last said yes to this, and which laptop did."""
    said_last: dict[Id, tuple[Value, Id]] = {}
    for word in words:
        if word.entry.device in leads:
            said_last.update(
                {group.id: (said[name], word.entry.device) for group, said in word.said(kind) if name in said}
            )
    return {id: device for id, (value, device) in said_last.items() if value == 1}


def _shut_out(words: list[Word], now: Standing, vouchers: Mapping[Id, Voucher]) -> set[Id]:
    """Laptops whose voucher does not stand, and that no lead has admitted.

    An invitation stands with who wrote the very key that was used: anybody can write another on it. It is spent
    once a laptop that joined with it was removed: whoever has that laptop has the pack, too.
    """
    spent = {voucher.id for id, voucher in vouchers.items() if id in now.cuts and not voucher.took_over}
    inviters: dict[Id, set[tuple[Id, Value]]] = {}
    for word in words:
        for group, said in word.said(Invitation.kind):
            if "key" in said:
                inviters.setdefault(group.id, set()).add((word.entry.device, said["key"]))
    judged: dict[Id, bool] = {}

    def stands(device: Id) -> bool:
        if device in now.admitted or device in now.leads or device not in vouchers:
            return True
        if device not in judged:
            judged[device] = False  # laptops that vouch for each other in a circle do not stand
            voucher = vouchers[device]
            judged[device] = (
                stands_still(voucher.id)
                if voucher.took_over
                else voucher.id not in now.withdrawn.keys() | spent
                and any(
                    voucher.proved_by(key) and stands_still(inviter)
                    for inviter, key in inviters.get(voucher.id, ())
                )
            )
        return judged[device]

    def stands_still(voucher: Id) -> bool:
        return voucher not in now.cuts and stands(voucher)

    return {device for device in vouchers if not stands(device)}


def _voided(words: Iterable[Word], leads: set[Id]) -> set[bytes]:
    said_last: dict[Id, dict[str, Value]] = {}
    for word in words:
        if word.entry.device in leads:
            for group, said in word.said(Voiding.kind):
                said_last.setdefault(group.id, {}).update(said)
    entries = (said.get("entry") for said in said_last.values() if said.get("voided") == 1)
    return {entry for entry in entries if isinstance(entry, bytes)}


def _asked(words: Iterable[Word]) -> dict[Id, list[Erasure]]:
    """By record, every erasure that was ever asked for."""
    found: dict[Id, list[Erasure]] = {}
    for word in words:
        for _, said in word.said(Erasing.kind):
            erasure = Erasure(word.entry.hash, word.entry.device if said.get("unshared") == 1 else None)
            for id in _ids(said.get("records")):
                found.setdefault(id, []).append(erasure)
    return found


def _ids(value: Value) -> list[Id]:
    return [value[at : at + 16] for at in range(0, len(value) - 15, 16)] if isinstance(value, bytes) else []


def _erasures(words: Iterable[Word], leads: set[Id]) -> tuple[dict[Id, list[Erasure]], set[Id]]:
    """By record, the erasures in force, and who asked for them: approved by two members, a lead among them,
    or of one's own words that were never shared."""
    member: dict[Id, Value] = {}
    approved: dict[Id, list[tuple[Id, Entry]]] = {}  # by erasure: the approval's own id, and where it stands
    for word in words:
        for group, said in word.said(Device.kind):
            own = word.entry.n == 1 and group.id == word.entry.device
            if "member" in said and (own or word.entry.device in leads):
                member[group.id] = said["member"]
        for group, said in word.said(Approval.kind):
            erasing = said.get("erasing")
            if said.get("approved") == 1 and isinstance(erasing, bytes):
                approved.setdefault(erasing, []).append((group.id, word.entry))
    found: dict[Id, list[Erasure]] = {}
    in_force: set[Id] = set()
    for word in words:
        for group, said in word.said(Erasing.kind):
            ids = _ids(said.get("records"))
            own = said.get("unshared") == 1
            voices = {
                entry.device
                for approval, entry in approved.get(group.id, ())
                if approval == approval_id(group.id, entry.device, ids)
                or entry
                is word.entry  # an earlier version named the records only by asking for them in the same act
            }
            two = len({member.get(id) for id in voices}) >= _APPROVALS and bool(voices & leads)
            if ids and (own or two):
                in_force.add(group.id)
                erasure = Erasure(word.entry.hash, word.entry.device if own else None)
                for id in ids:
                    found.setdefault(id, []).append(erasure)
    return found, in_force


# -- bringing the file up to date with it


def concerns(db: Any, entries: list[Entry]) -> bool:
    """Whether taking these in may change what counts, or needs to know it."""
    if any(map(decides, entries)):
        return True
    limited = {id for (id,) in db.execute("SELECT id FROM device_known WHERE limited = 1")}
    if any(entry.device in limited for entry in entries):
        return True
    erased = {id for (id,) in db.execute("SELECT id FROM erased")}
    return bool(erased) and any(group.id in erased for entry in entries for group in entry.groups)


def apply(db: Any, now: Standing) -> set[int]:
    """Mark what counts and drop what is erased; returns the records to be worked out anew.

    Among them all that leads have a say in: who leads may have changed.
    """
    objects = {
        no
        for id in now.spoken_of
        for (no,) in db.execute("SELECT no FROM object WHERE id = ?", (id,)).fetchall()
    }
    for number in _mark(db, now):
        body = db.execute("SELECT body FROM entry WHERE no = ?", (number,)).fetchone()[0]
        for group in load(db, number, body).groups:
            objects.add(db.execute("SELECT no FROM object WHERE id = ?", (group.id,)).fetchone()[0])
    return objects | _erase(db, now)


def _mark(db: Any, now: Standing) -> set[int]:
    """Bring the marks of the entries up to date; returns those whose mark changed."""
    limited = set(now.cuts) | now.shut_out
    db.execute("UPDATE device_known SET limited = 0 WHERE limited = 1")
    wanted: dict[int, int] = {}
    for device in limited:
        db.execute("UPDATE device_known SET limited = 1 WHERE id = ?", (device,))
        accepted = {} if device in now.shut_out else now.cuts[device]
        for no, branch, n in db.execute(
            "SELECT e.no, e.branch, e.n FROM device_known d JOIN entry e ON e.device = d.no WHERE d.id = ?",
            (device,),
        ):
            reached = accepted.get(branch, 0)
            if n > reached:  # of its introduction it counts who it is, not what else stands in it
                wanted[no] = NOTHING if n > 1 else SPARED_ONLY
    for hash in now.voided:
        row = db.execute("SELECT no FROM entry WHERE hash = ?", (hash,)).fetchone()
        if row is not None:
            wanted.setdefault(row[0], SPARED_ONLY)
    marked = dict(db.execute("SELECT no, counts FROM entry WHERE counts <> 1"))
    changed = {no for no in wanted.keys() | marked.keys() if wanted.get(no, ALL) != marked.get(no, ALL)}
    db.executemany("UPDATE entry SET counts = ? WHERE no = ?", ((wanted.get(no, ALL), no) for no in changed))
    return changed


def _erase(db: Any, now: Standing) -> set[int]:
    """Drop what erasures in force name, with its salt and the reasons given with it."""
    changed: set[int] = set()
    before = {id for (id,) in db.execute("SELECT id FROM erased")}
    if not now.erasures.keys() <= before:
        db.execute("INSERT OR REPLACE INTO meta VALUES (?, 1)", (UNCLEARED,))
    db.execute("DELETE FROM erased")
    db.executemany("INSERT INTO erased (id) VALUES (?)", ((id,) for id in now.erasures))
    for id in now.erasures:
        row = db.execute("SELECT no FROM object WHERE id = ?", (id,)).fetchone()
        if row is None:
            continue
        no = row[0]
        words = _words_on(db, now, no, id)
        db.execute("UPDATE erased SET words = ? WHERE id = ?", (bool(words), id))
        for number, place, erasures in words:
            if all(erasure.device is not None for erasure in erasures):
                _withhold(db, number, place)
            gone = db.execute(
                "DELETE FROM payload WHERE entry = ? AND place IN (?, ?)", (number, place, REASON)
            )
            if gone.rowcount:
                changed.add(no)
                _count_drop(db)
                db.execute("INSERT OR REPLACE INTO meta VALUES (?, 1)", (UNCLEARED,))
    return changed


def _count_drop(db: Any) -> None:
    db.execute(
        "INSERT INTO meta (name, value) VALUES ('dropped', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"
    )


def _words_on(db: Any, now: Standing, no: int, id: Id) -> list[tuple[int, int, list[Erasure]]]:
    """The payloads that say something of an erased record, as (entry, place, what erases it)."""
    found = []
    for number, body in db.execute(
        "SELECT e.no, e.body FROM seen s JOIN entry e ON e.no = s.entry WHERE s.object = ?", (no,)
    ).fetchall():
        entry = load(db, number, body)
        found += [
            (number, place, erasures)
            for place, group in enumerate(entry.groups)
            if group.id == id and (erasures := now.erased_by(entry, group))
        ]
    return found


def _withhold(db: Any, number: int, place: int) -> None:
    """Its author alone erased it: where another laptop holds it, it had been shared after all, and is kept."""
    device, own = db.execute(
        "SELECT d.id, (SELECT value FROM meta WHERE name = 'seed') FROM entry e "
        "JOIN device_known d ON d.no = e.device WHERE e.no = ?",
        (number,),
    ).fetchone()
    if own is None or DeviceKeys(own, "", "").device != device:
        db.execute(
            "INSERT OR IGNORE INTO withheld SELECT entry, place, salt, vals FROM payload WHERE entry = ? AND place = ?",
            (number, place),
        )
