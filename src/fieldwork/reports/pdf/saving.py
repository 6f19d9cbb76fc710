"""Writing the finished objects out small, and so that no stream ends in a carriage return.

A line feed stands between a stream and its end. After a carriage return, a strict reader takes both for the
line end and finds the stream one byte short (ISO 19005-3, 6.1.7.1). It hits one deflated stream in 256,
whatever the compressor, because the last byte is that of a checksum: without care, one short report in seven
would fail. A line feed after the checksum settles it, since no reader takes that for data. In the streams
pikepdf makes while it saves, it has to be put in afterwards, and the file's index of offsets moved along.
"""

import re
import zlib
from bisect import bisect_left
from io import BytesIO
from itertools import accumulate

import pikepdf
from pikepdf import Name, Pdf, Stream

_AMBIGUOUS_END = b"\r\nendstream"
_CARRIAGE_RETURNS = (b"\r",)
_PACKED = re.compile(rb"/Type /ObjStm /Length (?P<length>\d+) [^\n]*>>\nstream\n")
_INDEX = re.compile(
    rb"\d+ 0 obj\n<< /Type /XRef /Length (?P<length>\d+) /Filter /FlateDecode"
    rb" /DecodeParms << /Columns (?P<columns>\d+) /Predictor 12 >>"
    rb" /W \[ 1 (?P<width>\d+) \d+ \][^\n]*>>\nstream\n"
)

Edit = tuple[int, int, bytes]
"""Bytes from one offset up to another, and what stands there instead."""


def save_bytes(pdf: Pdf) -> bytes:
    """The file with its small objects packed into streams, which cuts a long report to a third."""
    for item in pdf.objects:
        if isinstance(item, Stream) and item.get("/Type") != Name.Metadata:
            item.write(_settled_end(zlib.compress(item.read_bytes())), filter=Name.FlateDecode)
    packed = _written(pdf, pikepdf.ObjectStreamMode.generate)
    if _AMBIGUOUS_END not in packed:
        return packed
    settled = _settled(packed)
    return _written(pdf, pikepdf.ObjectStreamMode.disable) if settled is None else settled


def _settled_end(deflated: bytes) -> bytes:
    return deflated + b"\n" if deflated.endswith(b"\r") else deflated


def _written(pdf: Pdf, packing: pikepdf.ObjectStreamMode) -> bytes:
    out = BytesIO()
    pdf.save(
        out,
        min_version="1.7",
        deterministic_id=True,
        compress_streams=True,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        object_stream_mode=packing,
    )
    return out.getvalue()


def _settled(file: bytes) -> bytes | None:
    """The file with a line feed after every packed stream that needs one.

    None if the file's index is not of the kind pikepdf is known to write.
    """
    edits: list[Edit] = []
    for match in _PACKED.finditer(file):
        end = match.end() + int(match["length"])
        if file[end - 1 : end] in _CARRIAGE_RETURNS:
            edits.append((*match.span("length"), str(int(match["length"]) + 1).encode()))
            edits.append((end, end, b"\n"))
    index_at = int(file[file.rindex(b"startxref") :].split()[1])
    index = _INDEX.match(file, index_at)
    if index is None:
        return None
    end = index.end() + int(index["length"])
    entries = _unpredicted(zlib.decompress(file[index.end() : end]), int(index["columns"]))
    moved = _Moved(edits)
    width = int(index["width"])
    for entry in entries:
        if entry[0] == 1:  # an object at an offset; others are free, or inside a packed stream
            entry[1 : 1 + width] = moved.offset(int.from_bytes(entry[1 : 1 + width])).to_bytes(width)
    packed = _settled_end(zlib.compress(_predicted(entries)))
    edits.append((*index.span("length"), str(len(packed)).encode()))
    edits.append((index.end(), end, packed))
    tail = file.rindex(b"startxref") + len(b"startxref\n")
    edits.append((tail, file.index(b"\n", tail), str(moved.offset(index_at)).encode()))
    return _edited(file, edits)


class _Moved:
    """Where offsets come to lie after edits in ascending order."""

    def __init__(self, edits: list[Edit]) -> None:
        self._places = [start for start, _, _ in edits]
        self._shifts = [0, *accumulate(len(new) - (end - start) for start, end, new in edits)]

    def offset(self, before: int) -> int:
        return before + self._shifts[bisect_left(self._places, before)]


def _edited(file: bytes, edits: list[Edit]) -> bytes:
    parts, done = [], 0
    for start, end, new in edits:
        parts += [file[done:start], new]
        done = end
    return b"".join([*parts, file[done:]])


def _unpredicted(data: bytes, columns: int) -> list[bytearray]:
    """The rows of an index, which are stored as differences to the row above (PNG's filter "up")."""
    rows: list[bytearray] = []
    above = bytearray(columns)
    for start in range(0, len(data), columns + 1):
        row = data[start + 1 : start + 1 + columns]
        above = bytearray((value + up) & 255 for value, up in zip(row, above, strict=True))
        rows.append(above)
    return rows


def _predicted(rows: list[bytearray]) -> bytes:
    out = bytearray()
    above = bytearray(len(rows[0]))
    for row in rows:
        out.append(2)
        out += bytes((value - up) & 255 for value, up in zip(row, above, strict=True))
        above = row
    return bytes(out)
