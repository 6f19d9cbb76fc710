"""A picture or a PDF as it may be kept: read under limits, and without what it tells beside what is seen in it."""

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final

from fieldwork.domain.faults import Fault
from fieldwork.store.attached import LARGEST

MOST_PIXELS: Final = 60_000_000
MOST_PAGES: Final = 2000
DEEPEST: Final = 60  # dictionaries in dictionaries of a PDF
MOST_UNPACKED: Final = 64 << 20  # bytes of one stream of a PDF
LONGEST_NAME: Final = 120
JPEG_QUALITY: Final = 92
PICTURES: Final = {
    "JPEG": ("image/jpeg", ".jpg"),
    "PNG": ("image/png", ".png"),
    "WEBP": ("image/jpeg", ".jpg"),
}
_GPS, _MAKE, _TAKEN, _TURN = 0x8825, 0x010F, 0x0132, 0x0112
_TURNS: Final = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}  # by what a camera says, Pillow's name for it
BROKEN: Final = (
    *(OSError, SyntaxError, ValueError, EOFError, KeyError, TypeError, IndexError, OverflowError),
    *(AttributeError, MemoryError, RuntimeError, RecursionError, AssertionError, struct.error),
)
"""What readers raise at files that are not what they say."""


@dataclass(frozen=True)
class Cleaned:
    """What is kept of a file. media: its kind; taken_out: in words, "" for nothing; pages: of a PDF."""

    content: bytes
    name: str
    media: str
    taken_out: str = ""
    pages: int | None = None


def clean(data: bytes, name: str) -> Cleaned:
    """Raises Fault with the one reason why a file is not taken."""
    if not data:
        raise Fault("The file is empty; nothing was attached.")
    if len(data) > LARGEST:
        raise too_large()
    name = _plain(name)
    if data[:1024].lstrip().startswith(b"%PDF-"):
        made = _pdf(data, name)
    elif data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (data[:4], data[8:12]) == (
        b"RIFF",
        b"WEBP",
    ):
        made = _picture(data, name)
    else:
        raise Fault(
            "It is neither a picture (JPEG, PNG, WebP) nor a PDF, whatever its name says; nothing was attached."
        )
    if len(made.content) > LARGEST:
        raise too_large()
    return made


def too_large() -> Fault:
    return Fault(f"It is larger than {LARGEST >> 20} MB; attach a smaller picture, or part of the PDF.")


def _plain(name: str) -> str:
    """A file's name in one line without what is no letter."""
    kept = "".join(letter for letter in PurePath(name).name if letter.isprintable()).strip()
    stem, dot, ending = kept.rpartition(".")
    return f"{stem[:LONGEST_NAME]}{dot}{ending[:10]}" if stem else kept[:LONGEST_NAME] or "file"


# -- pictures


def _picture(data: bytes, name: str) -> Cleaned:
    """The same pixels, turned as the camera said, in a file that says nothing else."""
    from PIL import Image, UnidentifiedImageError

    broken = Fault("The picture is damaged or cut short; nothing was attached.")
    try:
        with Image.open(io.BytesIO(data), formats=tuple(PICTURES)) as found:
            kind = "JPEG" if found.format == "MPO" else found.format or ""
            if found.width * found.height > MOST_PIXELS:
                raise Fault(
                    f"The picture has {found.width:,} × {found.height:,} points, more than a camera's; nothing was "
                    "attached."
                )
            taken_out, turn = _said(found)
            found.load()
            turned = found.transpose(Image.Transpose(_TURNS[turn])) if turn in _TURNS else found
            mode = "RGBA" if kind == "PNG" and turned.has_transparency_data else "RGB"
            plain = Image.new(mode, turned.size)
            plain.paste(turned.convert(mode))
    except Fault:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, *BROKEN) as error:
        raise broken from error
    out, (media, ending) = io.BytesIO(), PICTURES[kind]
    if media == "image/png":
        plain.save(out, "PNG", optimize=False)
    else:
        plain.save(out, "JPEG", quality=JPEG_QUALITY)
    return Cleaned(out.getvalue(), _with_ending(name, media, ending), media, taken_out)


def _with_ending(name: str, media: str, ending: str) -> str:
    known = {"image/jpeg": (".jpg", ".jpeg"), "image/png": (".png",), "application/pdf": (".pdf",)}[media]
    return name if name.lower().endswith(known) else PurePath(name).stem + ending


def _said(picture: Any) -> tuple[str, int]:
    """What a picture tells beside its points, in words, and how the camera says it is to be turned."""
    found, turn = [], 0
    try:
        exif = picture.getexif()
        turn = exif.get(_TURN, 0)
        if _GPS in exif:
            found.append("where it was taken")
        if _TAKEN in exif or 0x9003 in exif.get_ifd(0x8769):
            found.append("when it was taken")
        if _MAKE in exif:
            found.append("the camera")
        if len(exif) and not found:
            found.append("notes of the camera")
    except BROKEN:  # what a camera wrote badly is no reason to refuse its picture
        found = ["notes of the camera"]
    if picture.info.keys() & {
        "xmp",
        "XML:com.adobe.xmp",
        "photoshop",
        "comment",
        "icc_profile",
        "mp",
    } or getattr(picture, "text", None):
        found.append("descriptions of programs")
    if getattr(picture, "n_frames", 1) > 1:
        found.append("further pictures in the file")
    return ", ".join(found), turn if isinstance(turn, int) else 0


# -- PDF

_KEYS = {
    "/Metadata": "descriptions",
    "/PieceInfo": "descriptions",
    "/LastModified": "descriptions",
    "/Info": "descriptions",
    "/EmbeddedFiles": "files within it",
    "/EF": "files within it",
    "/AF": "files within it",
    "/JavaScript": "scripts",
    "/JS": "scripts",
    "/AA": "scripts",
    "/XFA": "a form with scripts",
    "/RichMediaContent": "films and sounds",
}
_DOING = frozenset(
    [
        "/JavaScript",
        "/Launch",
        "/ImportData",
        "/SubmitForm",
        "/GoToE",
        "/GoToR",
        "/Rendition",
        "/RichMediaExecute",
    ]
)
_ACTS = ("/A", "/OpenAction", "/Next", "/PA")
_HOLDING = {
    "/FileAttachment": "files within it",
    "/RichMedia": "films and sounds",
    "/Movie": "films and sounds",
    "/Sound": "films and sounds",
    "/Screen": "films and sounds",
    "/3D": "films and sounds",
}


def _pdf(data: bytes, name: str) -> Cleaned:
    """The same pages, without who made them, files within, and whatever acts by itself."""
    import pikepdf

    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=MOST_UNPACKED, run_length_max_memory=MOST_UNPACKED, png_max_memory=MOST_UNPACKED,
        tiff_max_memory=MOST_UNPACKED, dct_max_memory=MOST_UNPACKED, doc_max_warnings=1000,
    )  # fmt: skip
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            pages = len(pdf.pages)
            if not 0 < pages <= MOST_PAGES:
                raise Fault(f"The PDF has {pages:,} pages; one of at most {MOST_PAGES:,} can be attached.")
            found: set[str] = set()
            for number in range(len(pdf.objects)):
                _strip(pdf.objects[number], found.add, pikepdf, 0)
            if "/Info" in pdf.trailer:
                if not isinstance(pdf.trailer["/Info"], pikepdf.Dictionary) or len(
                    pdf.trailer["/Info"].keys()
                ):
                    found.add("descriptions")
                del pdf.trailer["/Info"]
            out = io.BytesIO()
            pdf.save(out, deterministic_id=True, fix_metadata_version=False, encryption=False)
    except pikepdf.PasswordError as error:
        raise Fault(
            "The PDF asks for a password; save it without one first. Nothing was attached."
        ) from error
    except Fault:
        raise
    except (pikepdf.PdfError, *BROKEN) as error:
        raise Fault("The PDF is damaged or cut short; nothing was attached.") from error
    taken_out = ", ".join(sorted(found))
    return Cleaned(
        out.getvalue(), _with_ending(name, "application/pdf", ".pdf"), "application/pdf", taken_out, pages
    )


def _strip(held: Any, tell: Callable[[str], object], pikepdf: Any, depth: int) -> None:
    """Take out of an object, and of what stands directly in it, all that is not seen on a page."""
    if depth > DEEPEST:
        raise Fault("The PDF is built in a way no program builds one; nothing was attached.")
    if isinstance(held, pikepdf.Array):
        kept = [one for one in held if not _held_back(one, tell, pikepdf)]
        if len(kept) != len(held):
            for place in range(len(held) - 1, -1, -1):
                if _held_back(held[place], tell, pikepdf):
                    del held[place]
        for one in held:
            if isinstance(one, (pikepdf.Array, pikepdf.Dictionary)) and not one.is_indirect:
                _strip(one, tell, pikepdf, depth + 1)
        return
    if isinstance(held, pikepdf.Stream):
        _strip_jpeg(held, tell, pikepdf)
    elif not isinstance(held, pikepdf.Dictionary):
        return
    for key in list(held.keys()):
        value = held[key]
        if key in _KEYS and not (key == "/Info" and depth):
            tell(_KEYS[key])
            del held[key]
        elif key in _ACTS and isinstance(value, pikepdf.Dictionary) and str(value.get("/S", "")) in _DOING:
            tell("scripts" if str(value.get("/S")) == "/JavaScript" else "what it does by itself")
            del held[key]
        elif isinstance(value, (pikepdf.Array, pikepdf.Dictionary)) and not value.is_indirect:
            _strip(value, tell, pikepdf, depth + 1)


def _held_back(one: Any, tell: Callable[[str], object], pikepdf: Any) -> bool:
    """Whether an annotation holds a file, a film or a sound."""
    kind = str(one.get("/Subtype", "")) if isinstance(one, pikepdf.Dictionary) else ""
    if kind in _HOLDING and "/Rect" in one:
        tell(_HOLDING[kind])
        return True
    return False


def _strip_jpeg(stream: Any, tell: Callable[[str], object], pikepdf: Any) -> None:
    """A photograph in a PDF keeps what the camera wrote: that goes, the picture stays byte for byte."""
    filters = stream.get("/Filter")
    alone = isinstance(filters, pikepdf.Array) and len(filters) == 1
    if str(filters[0] if alone else filters) != "/DCTDecode":
        return
    data = stream.read_raw_bytes()
    kept = without_segments(data)
    if kept != data:
        tell("notes of the camera")
        stream.write(kept, filter=pikepdf.Name.DCTDecode, decode_parms=stream.get("/DecodeParms"))


def without_segments(data: bytes) -> bytes:
    """A JPEG without EXIF, XMP, IPTC and comments; as it was where it is not built as one."""
    if not data.startswith(b"\xff\xd8"):
        return data
    kept, at = [data[:2]], 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2:
            return data
        if data[at + 1] not in (0xE1, 0xED, 0xFE):
            kept.append(data[at : at + 2 + length])
        at += 2 + length
    return b"".join(kept) + data[at:]
