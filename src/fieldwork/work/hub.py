"""The hub: set it up, send to it, fetch from it, and say how far apart it and this laptop are."""

from collections.abc import Callable, Sequence
from pathlib import Path

from fieldwork.exchange import hub
from fieldwork.exchange.hub import Progress, Pulled, Pushed, SetUp, Standing
from fieldwork.exchange.hub_push import never, nothing_said
from fieldwork.store.activity import log
from fieldwork.store.workspace import Workspace
from fieldwork.work import joint

__all__ = ["Pulled", "Pushed", "SetUp", "Standing", "init", "pull", "push", "status"]


def init(workspace: Workspace, url: str, *, logins: Path | None = None, renew: Sequence[str] = ()) -> SetUp:
    """Make the hub, or bring it up to date: laptops known here are enrolled, removed ones taken off."""
    done = hub.init(workspace, url, logins=logins, renew=renew)
    log(workspace, "hub init", f"{done.at}: enrolled {len(done.enrolled)}, taken off {len(done.revoked)}")
    return done


def push(
    workspace: Workspace,
    url: str,
    *,
    progress: Progress = nothing_said,
    cancelled: Callable[[], bool] = never,
) -> Pushed:
    """Send what the hub lacks. progress(done, total) in acts; cancelled is asked between batches.

    Of files that a pair has finished on both sides, this laptop opens first what it can.
    """
    joint.release(workspace)
    done = hub.push(workspace, url, progress=progress, cancelled=cancelled)
    log(workspace, "hub push", f"{done.at}: {done.entries} acts, {done.changes} changes")
    return done


def pull(
    workspace: Workspace,
    url: str,
    *,
    progress: Progress = nothing_said,
    cancelled: Callable[[], bool] = never,
) -> Pulled:
    """Fetch and take in what is not here yet. progress(done, total) in acts; cancelled is asked between batches."""
    done = hub.pull(workspace, url, progress=progress, cancelled=cancelled)
    log(workspace, "hub pull", f"{done.at}: {done.entries} acts")
    return done


def status(workspace: Workspace, url: str) -> Standing:
    """How far laptop and hub are apart, and what is wrong at the hub."""
    return hub.status(workspace, url)
