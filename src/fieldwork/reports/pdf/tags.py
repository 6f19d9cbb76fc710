"""The structure tree of a tagged PDF: what a screen reader reads, in the order it reads it.

Nodes are made in the document's order while the pieces of the page are made, and their text is hung on them
while it is drawn; so the reading order is the document's, whatever the layout does.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

Attribute = str | int | tuple[float, ...]


@dataclass(slots=True, eq=False)
class MarkedContent:
    """Drawn content: marked-content number `mcid` on the page with index `page`."""

    page: int
    mcid: int


@dataclass(slots=True, eq=False)
class LinkArea:
    """A clickable rectangle (left, bottom, right, top) on a page, belonging to a Link node.

    `target` is an address, or "#key" of a heading; `text` is what a screen reader says for it.
    """

    page: int
    rectangle: tuple[float, float, float, float]
    target: str
    text: str
    node: "Node"


@dataclass(slots=True, eq=False)
class Node:
    """One structure element. `attributes` are those of its one owner, with names as "/Name"."""

    tag: str
    kids: list["Node | MarkedContent | LinkArea"] = field(default_factory=list)
    attributes: dict[str, Attribute] = field(default_factory=dict)
    alternative: str = ""
    actual_text: str = ""

    def add(self, tag: str, **attributes: Attribute) -> "Node":
        """A new last child. Keywords are attribute names without their slash: `Scope="/Row"`."""
        child = Node(tag, attributes={f"/{name}": value for name, value in attributes.items()})
        self.kids.append(child)
        return child

    def prune(self) -> bool:
        """Drop descendants without content, but keep empty cells so that table rows stay regular.

        Returns whether the node itself has content.
        """
        self.kids = [kid for kid in self.kids if not isinstance(kid, Node) or kid.prune()]
        return bool(self.kids) or self.tag in ("TD", "TH")

    def walk(self) -> Iterator["Node"]:
        """The node and all below it, in reading order."""
        yield self
        for kid in self.kids:
            if isinstance(kid, Node):
                yield from kid.walk()
