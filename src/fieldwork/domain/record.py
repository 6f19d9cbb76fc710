"""What every noun of the field is that is kept as a record."""

from dataclasses import dataclass
from typing import ClassVar

from fieldwork.domain.values import Id


@dataclass(frozen=True, kw_only=True)
class Record:
    """Anything with an identity and a history."""

    kind: ClassVar[str] = ""
    words: ClassVar[str] = ""
    id: Id
