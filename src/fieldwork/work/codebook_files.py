"""A codebook as other programs have it: REFI-QDA (.qdc), CSV and XLSX, in and out."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from uuid import UUID
from xml.etree import ElementTree
from xml.parsers import expat

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Theme
from fieldwork.domain.values import Id, derived_id
from fieldwork.store.activity import log
from fieldwork.store.outgoing import write_out
from fieldwork.store.reading import last_change
from fieldwork.store.recording import Change
from fieldwork.store.state import DELETED
from fieldwork.store.workspace import Workspace
from fieldwork.work.done import Done, do
from fieldwork.work.tables import read_table
from fieldwork.work.theme_tree import (
    MAX_DEPTH,
    Entry,
    checked_colour,
    checked_name,
    codebook,
    free_code,
    last_place,
    place_behind,
)
from fieldwork.work.themes import theme_code

MOST_BYTES: Final = 5_000_000
MOST_THEMES: Final = 5_000
_DEEPEST = 256
_SPACE = "urn:QDA-XML:codebook:1.0"
_EXAMPLES = "Examples:"
_HEADS = ("code", "name", "parent", "guidance", "examples", "colour", "only groups others")
_YES = frozenset({"yes", "y", "true", "1"})


@dataclass(frozen=True)
class Told:
    """A theme as a file tells of it. above: the number of the one above it in the file, None at the top.

    under: the code or name of a theme that is not in the file, where it stands below one. where: its line or row.
    """

    name: str
    above: int | None = None
    under: str = ""
    code: str = ""
    guidance: str = ""
    examples: str = ""
    colour: str = ""
    heading: bool = False
    guid: str = ""
    where: str = ""


@dataclass(frozen=True)
class Taking:
    """What reading a file in would do. left: names of themes that stand as the file has them."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    left: tuple[str, ...]
    changes: tuple[Change, ...] = field(repr=False)


# -- in


def read_codebook(path: Path) -> list[Told]:
    """The themes of a .qdc, .csv or .xlsx file, each behind the one it stands below.

    Raises Fault, with the line or row, for what is none.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix == ".qdc":
        return _checked(_of_qdc(path), path.name)
    if suffix in (".csv", ".xlsx", ".xlsm"):
        return _checked(_of_table(path), path.name)
    raise Fault(f"{path.name}: a codebook is read from a .qdc, .csv or .xlsx file.")


def _of_qdc(path: Path) -> list[Told]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Fault(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB, far more than a codebook.")
        content = path.read_bytes()
    except OSError as error:
        raise Fault(f"{path} cannot be read: {error.strerror or error}.") from error
    reader = _Qdc(path.name)
    try:
        reader.parser.Parse(content, True)
    except expat.ExpatError as error:
        raise Fault(
            f"{path.name}, line {error.lineno}: {expat.ErrorString(error.code)}; export the codebook again."
        ) from error
    except (UnicodeDecodeError, LookupError, ValueError) as error:
        raise Fault(f"{path.name} is not XML that can be read; export the codebook again.") from error
    return reader.found


class _Qdc:
    """What stands in a REFI-QDA codebook, read as the parser comes to it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found: list[Told] = []
        self._open: list[str] = []
        self._above: list[int] = []
        self._words: list[str] | None = None
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text

    @property
    def where(self) -> str:
        return f"line {self.parser.CurrentLineNumber}"

    def _refuse(self, said: str) -> Fault:
        return Fault(f"{self.name}, {self.where}: {said}")

    def _doctype(self, *_: object) -> None:
        raise self._refuse("a document type declaration, which no codebook needs; it is not read.")

    def _start(self, tag: str, given: Mapping[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        if not self._open and name != "CodeBook":
            raise self._refuse(f'a REFI-QDA codebook begins with "CodeBook", not with "{name[:40]}".')
        if len(self._open) >= _DEEPEST:
            raise self._refuse("the file is nested deeper than any codebook.")
        self._open.append(name)
        if name == "Code":
            self._code(given)
        elif name == "Description" and self._open[-2:-1] == ["Code"]:
            self._words = []

    def _code(self, given: Mapping[str, str]) -> None:
        if len(self.found) >= MOST_THEMES:
            raise self._refuse(f"more than {MOST_THEMES} codes; bring a smaller codebook.")
        if not given.get("name", "").strip():
            raise self._refuse("a code without a name; give it one.")
        try:
            guid = str(UUID(given.get("guid", "").strip().strip("{}")))
        except ValueError:
            raise self._refuse(f'the code "{given["name"][:40]}" has no guid that can be read.') from None
        codable = given.get("isCodable", "true").strip().lower()
        if codable not in ("true", "false", "1", "0"):
            raise self._refuse(f'isCodable is "{codable[:20]}"; it says true or false.')
        above = self._above[-1] if self._above else None
        told = Told(given["name"], above, guid=guid, where=self.where)
        told = replace(told, colour=_six_digits(given.get("color", "")), heading=codable in ("false", "0"))
        self._above.append(len(self.found))
        self.found.append(told)

    def _end(self, tag: str) -> None:
        name = self._open.pop()
        if name == "Code":
            self._above.pop()
        elif name == "Description" and self._words is not None and self._above:
            guidance, examples = _parted("".join(self._words))
            number = self._above[-1]
            self.found[number] = replace(self.found[number], guidance=guidance, examples=examples)
            self._words = None

    def _text(self, text: str) -> None:
        if self._words is not None:
            self._words.append(text)


def _six_digits(colour: str) -> str:
    colour = colour.strip().lower()
    return "#" + "".join(sign * 2 for sign in colour[1:]) if len(colour) == 4 else colour


def _parted(description: str) -> tuple[str, str]:
    """Guidance and examples of a description, which has them one after the other."""
    lines = description.strip().split("\n")
    at = next((place for place, line in enumerate(lines) if line.strip() == _EXAMPLES), len(lines))
    return "\n".join(lines[:at]).strip(), "\n".join(lines[at + 1 :]).strip()


def _of_table(path: Path) -> list[Told]:
    table = read_table(path, needed=("name",))
    table.refuse_errors(table.heads)
    some = [(number, {name: _as_typed(cell) for name, cell in cells.items()}) for number, cells in table.rows]
    names = {
        theme_code(cells.get("code", "") or cells["name"]): place for place, (_, cells) in enumerate(some)
    }
    names = {
        theme_code(cells["name"]): place for place, (_, cells) in reversed(list(enumerate(some)))
    } | names
    found = []
    for place, (number, cells) in enumerate(some):
        if not cells["name"].strip():
            raise Fault(f"{table.where(number, 'name')}: a theme without a name; give it one.")
        under = cells.get("parent", "").strip()
        above = names.get(theme_code(under)) if under else None
        if above == place:
            raise Fault(f"{table.where(number, 'parent')}: the theme stands below itself.")
        found.append(
            Told(
                cells["name"],
                above,
                under if above is None else "",
                cells.get("code", "").strip(),
                cells.get("guidance", ""),
                cells.get("examples", ""),
                _six_digits(cells.get("colour", "") or cells.get("color", "")),
                cells.get("only_groups_others", "").strip().lower() in _YES,
                where=f"row {number}",
            )
        )
    return _parents_first(found, table.name)


def _as_typed(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from taking a text for a formula."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1:].lstrip()[:1] in "=+-@" else cell


def _parents_first(some: Sequence[Told], name: str) -> list[Told]:
    order: list[int] = []
    below: dict[int | None, list[int]] = {}
    for place, one in enumerate(some):
        below.setdefault(one.above, []).append(place)
    waiting = list(reversed(below.get(None, ())))
    while waiting:
        place = waiting.pop()
        order.append(place)
        waiting += reversed(below.get(place, ()))
    if len(order) < len(some):
        first = next(one for place, one in enumerate(some) if place not in set(order))
        raise Fault(
            f'{name}, {first.where}: "{first.name}" stands below itself by way of others; mend the parents.'
        )
    moved = {place: at for at, place in enumerate(order)}
    return [replace(some[p], above=None if (up := some[p].above) is None else moved[up]) for p in order]


def _checked(some: Sequence[Told], name: str) -> list[Told]:
    """Names, colours and levels as a codebook has them. Raises Fault with the place of what does not fit."""
    if not some:
        raise Fault(f"{name} holds no theme.")
    depth: list[int] = []
    seen: dict[tuple[int | None, str], str] = {}
    guids: dict[str, str] = {}
    found = []
    for one in some:
        try:
            one = replace(one, name=checked_name(one.name), colour=checked_colour(one.colour))
        except Fault as fault:
            raise Fault(f"{name}, {one.where}: {fault}") from None
        depth.append(depth[one.above] + 1 if one.above is not None else 0)
        if depth[-1] >= MAX_DEPTH:
            raise Fault(
                f'{name}, {one.where}: "{one.name}" stands {depth[-1] + 1} levels deep; themes go {MAX_DEPTH} deep.'
            )
        place = one.above, theme_code(one.name) + "\0" + one.under
        if place in seen:
            raise Fault(f'{name}, {one.where}: "{one.name}" stands there twice, first in {seen[place]}.')
        if one.guid and one.guid in guids:
            raise Fault(f'{name}, {one.where}: "{one.name}" has the guid of {guids[one.guid]}.')
        seen[place] = guids[one.guid] = one.where
        found.append(one)
    return found


def taking(workspace: Workspace, told: Sequence[Told]) -> Taking:
    """What reading these themes in would do: each is met by its guid, its code, or its name in the same place.

    Nothing is taken out, and a field that the file leaves blank stays as it is.
    """
    return compared(codebook(workspace), told)


def compared(entries: Sequence[Entry], told: Sequence[Told]) -> Taking:
    """As `taking`, into a codebook of these entries."""
    held = {entry.theme.id: entry.theme for entry in entries}
    by_guid = {guid_of(one): one for one in held.values()}
    taken = {entry.theme.code for entry in entries}
    place, ids = last_place(entries), list[Id]()
    new, changed, left, changes = list[str](), list[str](), list[str](), list[Change]()
    met: set[Id] = set()
    for one in told:
        parent = ids[one.above] if one.above is not None else _standing(entries, one)
        theme = by_guid.get(one.guid) or _met(held.values(), one, parent)
        if theme is not None and theme.id in met:
            theme = None
        if theme is None:
            code = free_code(taken, one.code or one.name, held[parent].code if parent in held else "")
            id = derived_id(Theme.kind, code)
            place = place_behind(place, code)
            changes.append(
                Change(
                    Theme.kind,
                    id,
                    {"code": code, "parent": parent, "position": place, DELETED: None} | _fields(one),
                )
            )
            held[id] = Theme(id=id, code=code, name=one.name)
            taken.add(code)
            new.append(one.name)
        else:
            id = theme.id
            fields = {n: v for n, v in _fields(one).items() if v != getattr(theme, n) and n != "guid"}
            if fields:
                changes.append(Change(Theme.kind, id, fields))
            (changed if fields else left).append(one.name)
        met.add(id)
        ids.append(id)
    return Taking(tuple(new), tuple(changed), tuple(left), tuple(changes))


def _fields(one: Told) -> dict[str, object]:
    fields: dict[str, object] = {"name": one.name}
    told = {"guidance": one.guidance, "examples": one.examples, "colour": one.colour, "guid": one.guid}
    fields |= {name: value for name, value in told.items() if value}
    return fields | ({"heading": 1} if one.heading else {})


def _standing(entries: Sequence[Entry], one: Told) -> Id | None:
    """The theme of the codebook that a row names as the one above it."""
    if not one.under:
        return None
    wanted = theme_code(one.under)
    for entry in entries:
        if wanted in (entry.theme.code, theme_code(entry.theme.name)):
            if entry.depth + 1 >= MAX_DEPTH:
                raise Fault(
                    f'{one.where}: "{one.name}" would stand too deep; themes go {MAX_DEPTH} levels deep.'
                )
            return entry.theme.id
    raise Fault(f'{one.where}: there is no theme "{one.under}" for "{one.name}" to stand below.')


def _met(held: Iterable[Theme], one: Told, parent: Id | None) -> Theme | None:
    some = list(held)
    by_code = [theme for theme in some if one.code and theme.code == one.code]
    by_name = [t for t in some if theme_code(t.name) == theme_code(one.name) and t.parent == parent]
    return next(iter([*by_code, *by_name]), None)


def take_codebook(workspace: Workspace, told: Sequence[Told], *, at: int | None = None) -> Done:
    """Read themes in: new ones are added, others described anew; one act."""
    wanted = taking(workspace, told)
    if not wanted.changes:
        return Done(None)
    return do(workspace, "take a codebook", wanted.changes, at=at)


# -- out


def guid_of(theme: Theme) -> str:
    """What a theme is called in exchange files: as it came, else made of its id."""
    return theme.guid or str(UUID(bytes=theme.id))


def write_codebook(workspace: Workspace, to: Path) -> None:
    """The codebook as .qdc, .csv or .xlsx by the ending of the name; what is withdrawn is left out."""
    entries = codebook(workspace, withdrawn=False)
    makers = {".qdc": qdc, ".csv": _as_csv, ".xlsx": lambda some: _as_xlsx(some, last_change(workspace))}
    make = makers.get(to.suffix.lower())
    if make is None:
        raise Fault(f"{to.name}: a codebook is written as .qdc, .csv or .xlsx.")
    write_out(to, make(entries), "export", (b"<?xml", b"\xef\xbb\xbf", b"PK\x03\x04"))
    log(workspace, "export", to.name)


def qdc(entries: Sequence[Entry]) -> bytes:
    """A REFI-QDA codebook."""
    ElementTree.register_namespace("", _SPACE)
    root = ElementTree.Element(f"{{{_SPACE}}}CodeBook", {"origin": "Fieldwork"})
    levels = [ElementTree.SubElement(root, f"{{{_SPACE}}}Codes")]
    for entry in entries:
        theme = entry.theme
        given = {
            "guid": guid_of(theme),
            "name": _plain(theme.name),
            "isCodable": "false" if theme.heading else "true",
        }
        given |= {"color": theme.colour} if theme.colour else {}
        del levels[entry.depth + 1 :]
        element = ElementTree.SubElement(levels[-1], f"{{{_SPACE}}}Code", given)
        levels.append(element)
        words = "\n".join(
            (theme.guidance, f"\n{_EXAMPLES}\n{theme.examples}" if theme.examples else "")
        ).strip()
        if words:
            ElementTree.SubElement(element, f"{{{_SPACE}}}Description").text = _plain(words)
    ElementTree.indent(root)
    return ElementTree.tostring(root, "utf-8", xml_declaration=True) + b"\n"


def _plain(text: str) -> str:
    """Without the signs that XML cannot hold."""
    return "".join(
        sign for sign in text if sign in "\t\n\r" or (ord(sign) >= 32 and sign not in "\ufffe\uffff")
    )


def _rows(entries: Sequence[Entry]) -> list[list[str]]:
    codes = {entry.theme.id: entry.theme.code for entry in entries}
    return [
        [
            *(
                entry.theme.code,
                entry.theme.name,
                codes.get(entry.theme.parent or b"", "") if entry.depth else "",
            ),
            *(entry.theme.guidance, entry.theme.examples, entry.theme.colour),
            "yes" if entry.theme.heading else "",
        ]
        for entry in entries
    ]


def _as_csv(entries: Sequence[Entry]) -> bytes:
    from fieldwork.reports.tables_csv import safe_cell

    out = io.StringIO(newline="")
    csv.writer(out).writerows([safe_cell(cell) for cell in row] for row in (_HEADS, *_rows(entries)))
    return out.getvalue().encode("utf-8-sig")


def _as_xlsx(entries: Sequence[Entry], when: int) -> bytes:
    from fieldwork.work.exporting import workbook

    return workbook(when, "", [("codebook", (_HEADS, _rows(entries)), ())])
