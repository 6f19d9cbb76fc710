"""Sending to the hub and fetching from it in one act, told of as packages are."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fieldwork.domain.progress import ENTERING, FETCHING, SENDING, Told, untold
from fieldwork.exchange import hub as hubs
from fieldwork.exchange.hub import Pulled
from fieldwork.exchange.sharing import Merged
from fieldwork.store.workspace import Workspace
from fieldwork.work import hub
from fieldwork.work.handing import Found, Preview, preview_of
from fieldwork.work.pairs import due_references


@dataclass(frozen=True)
class Visit(Preview):
    """What a visit to the hub would come to, or has come to.

    address: the hub's, without login. to_send: acts of this laptop it lacks; sent: changes that went there. unread:
    acts that can be read only once others are taken in. remarks: sentences on what should be known besides. opens:
    references of files of pairs whose answers sending opens, or has opened.
    """

    address: str = ""
    to_send: int = 0
    sent: int = 0
    unread: int = 0
    remarks: tuple[str, ...] = ()
    opens: tuple[str, ...] = ()

    @property
    def brings_something(self) -> bool:
        return bool(self.unread) or super().brings_something


def address(workspace: Workspace) -> str:
    """The hub used last in the window, "" for none."""
    return hubs.kept_address(workspace)


def look(workspace: Workspace, url: str, told: Told = untold) -> Visit:
    """What sending and fetching would come to; nothing is changed but that address and login are kept here.

    url: postgresql://HOST/DATABASE, with a login or without where it is kept here, or an access file.
    """
    told(ENTERING, 0, 0)
    pulled, to_send = hubs.foresee(workspace, url)
    known = hubs.keep_address(workspace, url)
    return _visit(workspace, pulled, known, to_send=to_send, opens=due_references(workspace))


def send_and_fetch(workspace: Workspace, url: str, told: Told = untold) -> Visit:
    """Fetch and take in, then send. Stopped or cut off, all that had arrived by then is kept, here and there."""
    told(ENTERING, 0, 0)
    pulled = hub.pull(workspace, url, progress=partial(told, FETCHING))
    opens = due_references(workspace)
    pushed = hub.push(workspace, url, progress=partial(told, SENDING))
    pulled.notices += pushed.notices
    pulled.found += pushed.found
    known = hubs.keep_address(workspace, url)
    return _visit(workspace, pulled, known, sent=pushed.changes, opens=opens)


def _visit(
    workspace: Workspace,
    pulled: Pulled,
    known: str,
    *,
    to_send: int = 0,
    sent: int = 0,
    opens: tuple[str, ...] = (),
) -> Visit:
    merged = Merged(pulled.outcomes, pulled.changed, pulled.conflicts)
    found = Found(tuple(Path(outcome.name) for outcome in pulled.outcomes))
    seen = preview_of(workspace, found, merged)
    remarks = tuple(dict.fromkeys([*pulled.found, *pulled.waiting, *pulled.notices]))
    return Visit(
        seen.found,
        seen.merged,
        seen.good,
        seen.kinds,
        seen.clashes,
        known,
        to_send,
        sent,
        pulled.left,
        remarks,
        opens,
    )
