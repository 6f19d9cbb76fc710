"""How far a long piece of work has come, told in phases; whoever is told may stop it."""

from collections.abc import Callable

READING = "reading"
CHECKING = "checking"
APPLYING = "applying"
ENTERING = "entering"  # a hub
FETCHING = "fetching"  # batches of acts from it; each is kept as it comes
SENDING = "sending"
COMMITTING = "committing"  # told once, last of all: after it nothing can be stopped

Told = Callable[[str, int, int], object]  # phase, done, of; it raises to stop, and then nothing has happened


def untold(phase: str, done: int, of: int) -> None:
    """Nobody watches."""
