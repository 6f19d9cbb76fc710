"""What a finding's evidence makes of it: computed, never chosen."""

from typing import Literal, NamedTuple

Status = Literal["emerging", "supported", "contested"]


class Needs(NamedTuple):
    """From how many methods and bodies on a finding is supported."""

    methods: int = 2
    bodies: int = 2


USUAL = Needs()


def status(methods: int, bodies: int, unanswered: int, needs: Needs = USUAL) -> Status:
    """Of a finding with evidence for it by so many methods, about so many bodies, and so much unanswered against it."""
    if unanswered:
        return "contested"
    return "supported" if methods >= needs.methods and bodies >= needs.bodies else "emerging"
