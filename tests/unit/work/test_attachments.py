"""Attached files: taken in clean or refused, encrypted beside the workspace, asked for, erased with their document."""

import contextlib
import io
import os
import random
import resource
import subprocess
import sys
import textwrap
import time
import zlib

import pikepdf
import pytest
from PIL import Image, ImageOps

from fieldwork.domain.faults import Fault
from fieldwork.domain.finding_records import Attachment, AttachmentWish
from fieldwork.exchange import attached_files, joining
from fieldwork.store import attached, clearing, verifying
from fieldwork.store.backup import back_up
from fieldwork.store.reading import dump, get, records
from fieldwork.work import attachments, cleaning_apart, leading, sources, team, undoing
from fieldwork.work.attachment_cleaning import clean, without_segments
from fieldwork.work.cleaning_apart import clean_apart
from laptops import team as laptops
from worlds import PASSPHRASE, small_inspection


@pytest.fixture
def workspace(tmp_path):
    made = small_inspection(tmp_path)
    yield made
    made.close()


def photo(size=(64, 48), kind="JPEG", **more) -> bytes:
    """A picture that tells where, when and by what it was taken."""
    picture, out = Image.new("RGB", size, (200, 30, 30)), io.BytesIO()
    exif = Image.Exif()
    exif[0x010F], exif[0x0132], exif[0x0112] = "Planted Camera", "2025:03:04 10:00:00", 6
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x8825] = {1: "N", 2: (52.0, 38.0, 12.0)}
    picture.save(out, kind, exif=exif, **more)
    return out.getvalue()


def document(pages=2, password="") -> bytes:
    """A PDF with an author, a script, a file within it and a photograph."""
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
        pdf.docinfo["/Author"] = "Planted Author"
        with pdf.open_metadata() as metadata:
            metadata["dc:creator"] = ["Planted Author"]
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('Planted')")
        pdf.attachments["planted.txt"] = b"Planted words"
        image = pdf.make_stream(
            photo(), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=64, Height=48
        )
        image.Filter, image.ColorSpace, image.BitsPerComponent = (
            pikepdf.Name.DCTDecode,
            pikepdf.Name.DeviceRGB,
            8,
        )
        page = pdf.pages[0]
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=image))
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9],
            A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="planted.exe"),
        )  # fmt: skip
        page.Annots = pikepdf.Array([link])
        out = io.BytesIO()
        encryption = pikepdf.Encryption(owner=password, user=password) if password else False
        pdf.save(out, encryption=encryption)
        return out.getvalue()


def test_a_picture_is_kept_without_what_the_camera_wrote():
    came = photo()
    assert b"Planted" in came
    made = clean(came, "/home/somebody/White\nboard.JPG")
    assert b"Planted" not in made.content and b"Exif" not in made.content
    assert made.name == "Whiteboard.JPG" and made.media == "image/jpeg"
    assert made.taken_out == "where it was taken, when it was taken, the camera"
    with Image.open(io.BytesIO(made.content)) as kept:
        assert kept.size == (48, 64) and not kept.getexif()  # turned as the camera said
    plain = io.BytesIO()
    Image.new("RGBA", (5, 5), (1, 2, 3, 4)).save(plain, "PNG")
    made = clean(plain.getvalue(), "board")
    assert (made.name, made.media, made.taken_out) == ("board.png", "image/png", "")
    assert clean(photo(kind="WEBP"), "x.webp").name == "x.jpg"


def test_a_pdf_is_kept_without_author_scripts_and_files_within():
    made = clean(document(), "minutes.pdf")
    assert made.pages == 2 and made.media == "application/pdf"
    for what in (
        "descriptions",
        "scripts",
        "files within it",
        "notes of the camera",
        "what it does by itself",
    ):
        assert what in made.taken_out
    with pikepdf.open(io.BytesIO(made.content)) as kept:
        assert len(kept.pages) == 2 and not kept.attachments and "/OpenAction" not in kept.Root
        assert "/Info" not in kept.trailer and "/Metadata" not in kept.Root
        plain = b"".join(
            one.read_raw_bytes() if isinstance(one, pikepdf.Stream) else one.unparse(resolved=True)
            for one in kept.objects
            if isinstance(one, (pikepdf.Stream, pikepdf.Dictionary, pikepdf.Array))
        )
        assert b"lanted" not in plain and len(kept.pages[0].get_images()) == 1


def test_segments_go_and_the_picture_stays():
    came = photo()
    kept = without_segments(came)
    with Image.open(io.BytesIO(came)) as one, Image.open(io.BytesIO(kept)) as other:
        assert one.tobytes() == other.tobytes() and not other.getexif()
    assert (
        without_segments(b"no picture") == b"no picture"
        and without_segments(b"\xff\xd8\xff\xe1\0") == b"\xff\xd8\xff\xe1\0"
    )


def bomb() -> bytes:
    out = io.BytesIO()
    Image.new("1", (9000, 9000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("turn", range(10))
def test_a_picture_is_turned_as_the_camera_says(turn):
    exif, out, picture = Image.Exif(), io.BytesIO(), Image.effect_noise((7, 5), 90).convert("RGB")
    exif[0x0112] = turn
    picture.save(out, "PNG", exif=exif)
    with Image.open(io.BytesIO(clean(out.getvalue(), "x.png").content)) as kept, Image.open(out) as came:
        wanted = ImageOps.exif_transpose(came)
        assert (kept.size, kept.tobytes()) == (wanted.size, wanted.tobytes())


@pytest.mark.filterwarnings("ignore")
def test_of_altered_files_each_is_taken_or_refused():
    """383,000 more in a run by hand: none came out otherwise, the longest took 0.1 s."""
    chance, taken = random.Random(7), 0
    some = [photo(), photo(kind="PNG"), photo(kind="WEBP"), document()]
    for _ in range(1500):
        data = bytearray(chance.choice(some))
        for _ in range(chance.randint(1, 9)):
            at = chance.randrange(len(data))
            if chance.random() < 0.6:
                data[at] = chance.randrange(256)
            else:
                data[at : at + chance.randrange(30)] = chance.randbytes(chance.randrange(20))
        with contextlib.suppress(Fault):
            taken += bool(clean(bytes(data), "x").content)
    assert 100 < taken < 1400


def pdf_bomb(size: int) -> bytes:
    """A PDF of which one stream of objects unpacks to `size` bytes."""
    packer, blanks = zlib.compressobj(9), b" " * (1 << 24)
    packed = packer.compress(b"5 0 6 9 <</A 1>> ") + b"".join(
        packer.compress(blanks) for _ in range(size >> 24)
    )
    packed += packer.flush()
    objects = (
        b"<</Type/Catalog/Pages 2 0 R/X 5 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        b"<</Type/ObjStm/N 2/First 8/Filter/FlateDecode/Length %d>>stream\n%s\nendstream"
        % (len(packed), packed),
    )
    body, places = b"%PDF-1.7\n", []
    for number, held in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, held)
    rows = [bytes(6), *(b"\1" + at.to_bytes(4, "big") + b"\0" for at in places)]
    rows += [b"\2" + (4).to_bytes(4, "big") + bytes([place]) for place in (0, 1)]
    index = b"".join([*rows, b"\1" + len(body).to_bytes(4, "big") + b"\0"])
    form = b"7 0 obj\n<</Type/XRef/Size 8/W[1 4 1]/Root 1 0 R/Length %d>>stream\n%s\nendstream\nendobj\n"
    return body + form % (len(index), index) + b"startxref\n%d\n%%%%EOF" % len(body)


def test_a_pdf_that_unpacks_to_a_gigabyte_stays_small():
    bomb = pdf_bomb(1 << 30)
    assert len(bomb) < 2 << 20
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    clean_apart(bomb, "bomb.pdf")
    grown = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert grown == before or grown < 600 << 10  # KiB of the largest child; 2.1 GB without the limits


@pytest.mark.parametrize("said", [b"", b"nonsense", b"\x93\xa4done\xa0\xc4\0"])
def test_a_reader_that_breaks_is_no_more_than_a_refusal(monkeypatch, said):
    def started(_):
        return subprocess.Popen(
            [sys.executable, "-c", f"import sys; sys.stdin.buffer.read(); sys.stdout.buffer.write({said!r})"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    monkeypatch.setattr(cleaning_apart, "started", started)
    with pytest.raises(Fault, match="within safe limits"):
        clean_apart(photo(), "it.jpg")


def test_a_reader_that_never_ends_is_ended(monkeypatch):
    begun = []

    def started(_):
        command = [sys.executable, "-c", "import time; time.sleep(600)"]
        begun.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        return begun[0]

    monkeypatch.setattr(cleaning_apart, "started", started)
    monkeypatch.setattr(cleaning_apart, "SECONDS", 0.2)
    with pytest.raises(Fault, match="longer than a minute"):
        clean_apart(photo(), "it.jpg")
    assert begun[0].poll() is not None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"MZ\x90\0" + bytes(900), "neither a picture"),
        (b"GIF89a" + bytes(60), "neither a picture"),
        (photo()[:400], "damaged or cut short"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "damaged or cut short"),
        (bomb(), "9,000 × 9,000 points"),
        (document(password="planted"), "asks for a password"),
        (document()[:300], "damaged or cut short"),
        (b"%PDF-1.7\n" + os.urandom(4000), "damaged or cut short"),
        (bytes(attached.LARGEST + 1), "larger than 20 MB"),
    ],
    ids=["empty", "exe", "gif", "cut jpeg", "cut png", "bomb", "password", "cut pdf", "noise", "large"],
)  # fmt: skip
def test_what_is_no_clean_picture_or_pdf_is_refused_in_a_sentence(workspace, tmp_path, data, said):
    id = sources.log_document(workspace, title="Minutes").id
    path = tmp_path / "it.png"
    path.write_bytes(data)
    before = dump(workspace)
    with pytest.raises(Fault, match=said):
        attachments.attach_file(workspace, belongs=id, path=str(path))
    assert dump(workspace) == before and not attached.folder_of(workspace.path).exists()


def test_links_folders_and_devices_are_refused(workspace, tmp_path):
    (tmp_path / "it.jpg").write_bytes(photo())
    (tmp_path / "link.jpg").symlink_to(tmp_path / "it.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    for name, said in (
        ("link.jpg", "a link"),
        (".", "a folder"),
        ("pipe.jpg", "no file"),
        ("none.jpg", "not there"),
    ):
        with pytest.raises(Fault, match=said):
            attachments.prepare(workspace, tmp_path / name)
    with pytest.raises(Fault, match="document, a figure"):
        attachments.attach_file(workspace, belongs=workspace.identity.member, path=str(tmp_path / "it.jpg"))


def test_it_is_kept_encrypted_opened_copied_out_and_taken_off(workspace, tmp_path):
    id = sources.log_document(workspace, title="Minutes").id
    path = tmp_path / "minutes.pdf"
    path.write_bytes(document())
    attachment = attachments.attach_file(workspace, belongs=id, path=str(path)).id
    (one,) = attachments.attachments_of(workspace, [id])[id]
    assert one.here and not one.wished and one.record.pages == 2
    (file,) = attached.folder_of(workspace.path).iterdir()
    held = file.read_bytes()
    assert b"PDF" not in held and file.name == one.record.file.hex() and file.stat().st_mode & 0o77 == 0
    assert attachments.content(workspace, attachment).startswith(b"%PDF-")
    with pytest.raises(Fault, match="attached here already"):
        attachments.attach_file(workspace, belongs=id, path=str(path))
    out = tmp_path / "out"
    out.mkdir()
    written = attachments.save_copy(workspace, attachment=attachment, to=out)
    assert written == out / "minutes.pdf" and written.read_bytes() == attachments.content(
        workspace, attachment
    )
    with pytest.raises(Fault, match="there already"):
        attachments.save_copy(workspace, attachment=attachment, to=out)
    attachments.remove_attachment(workspace, attachment=attachment)
    assert attachments.attachments_of(workspace, [id]) == {} and file.exists()
    undoing.undo(workspace)
    assert attachments.attachments_of(workspace, [id])[id][0].here
    assert attachments.faults(workspace) == [] and verifying.verify(workspace) == []


def test_damaged_and_missing_files_are_named(workspace, tmp_path):
    id = sources.log_document(workspace, title="Minutes").id
    path = tmp_path / "a.jpg"
    path.write_bytes(photo())
    attachment = attachments.attach_file(workspace, belongs=id, path=str(path)).id
    (file,) = attached.folder_of(workspace.path).iterdir()
    held = bytearray(file.read_bytes())
    held[60] ^= 1
    file.write_bytes(held)
    assert "a.jpg is damaged here" in attachments.faults(workspace)[0]
    with pytest.raises(Fault, match="damaged here"):
        attachments.content(workspace, attachment)
    file.unlink()
    assert "was attached here and is not in" in attachments.faults(workspace)[0]
    with pytest.raises(Fault, match="not on this laptop"):
        attachments.content(workspace, attachment)


def test_a_crash_between_file_and_record_leaves_what_a_later_start_clears(workspace, tmp_path, monkeypatch):
    id = sources.log_document(workspace, title="Minutes").id
    path = tmp_path / "a.jpg"
    path.write_bytes(photo())
    attachments.attach_file(workspace, belongs=id, path=str(path))
    orphan, fresh = os.urandom(16), os.urandom(16)
    for file in (orphan, fresh):
        attached.keep(workspace, file, b"x")
    old = time.time() - attached.ORPHANED - 5
    os.utime(attached.path_of(workspace, orphan), (old, old))
    os.utime(
        next(p for p in attached.folder_of(workspace.path).iterdir() if p.stat().st_size > 100), (old, old)
    )
    attached.sweep(workspace)
    left = {p.name for p in attached.folder_of(workspace.path).iterdir()}
    assert orphan.hex() not in left and fresh.hex() in left and len(left) == 2

    def refuse(*_, **__):
        raise Fault("The disk is full.")

    monkeypatch.setattr(attachments, "do", refuse)
    path.write_bytes(photo((9, 9)))
    with pytest.raises(Fault, match="disk is full"):
        attachments.attach_file(workspace, belongs=id, path=str(path))
    assert {p.name for p in attached.folder_of(workspace.path).iterdir()} == left


@pytest.mark.parametrize(
    "point", ["attachments.attached.keep", "attachments.do", "attachments.attached.sealed"]
)
def test_killed_while_a_file_is_attached_everything_opens_and_nothing_is_half_there(tmp_path, point):
    """The program dies just after one of its steps: before the file, between file and record, after the record."""
    workspace = small_inspection(tmp_path)
    id = sources.log_document(workspace, title="Minutes").id
    workspace.close()
    path = tmp_path / "a.jpg"
    path.write_bytes(photo())
    owner, name = point.rsplit(".", 1)
    program = f"""
        import os
        from pathlib import Path
        from fieldwork.store.workspace import Workspace
        from fieldwork.work import attachments
        done = {owner}.{name}
        def last(*args, **given):
            done(*args, **given)
            os._exit(9)
        {owner}.{name} = last
        with Workspace.open(Path({str(workspace.path)!r}), {PASSPHRASE!r}) as workspace:
            attachments.attach_file(workspace, belongs=bytes.fromhex({id.hex()!r}), path={str(path)!r})
    """
    assert subprocess.run([sys.executable, "-c", textwrap.dedent(program)]).returncode == 9
    with clearing.open_workspace(workspace.path, PASSPHRASE) as again:
        recorded = point == "attachments.do"
        assert len(attachments.attachments_of(again, [id]).get(id, ())) == recorded
        assert attachments.faults(again) == [] and verifying.verify(again) == []
        left = (
            list(attached.folder_of(again.path).glob("*")) if point != "attachments.attached.sealed" else []
        )
        for file in left:
            os.utime(file, (0, 0))
        attached.sweep(again)
        assert [file for file in left if file.exists()] == (left if recorded else [])


def test_a_file_goes_to_who_asks_for_it_and_to_nobody_else(tmp_path):
    one, two, three = laptops(tmp_path, 3)
    id = sources.log_document(one, title="Minutes").id
    path = tmp_path / "a.jpg"
    path.write_bytes(photo())
    attachment = attachments.attach_file(one, belongs=id, path=str(path)).id
    stick = tmp_path / "stick"
    stick.mkdir()

    def carry(sender, *receivers):
        shared = team.share(sender, stick, everything=True)
        return shared, [team.merge(receiver, [shared.path], backed_up=True) for receiver in receivers]

    shared, _ = carry(one, two, three)
    assert shared.files == () and not attachments.attachments_of(two, [id])[id][0].here
    assert attachments.faults(two) == []
    attachments.wish(two, attachment=attachment)
    assert attachments.attachments_of(two, [id])[id][0].wished
    carry(two, one, three)
    shared, (at_two, at_three) = carry(one, two, three)
    assert [file.parent for file in shared.files] == [stick] and b"JFIF" not in shared.files[0].read_bytes()
    assert (at_two.files, at_three.files) == (("a.jpg",), ())
    assert attachments.content(two, attachment) == attachments.content(one, attachment)
    assert not attachments.attachments_of(three, [id])[id][0].here
    carry(two, one)
    assert records(one, AttachmentWish, wanted=1) == []
    shared, _ = carry(one, two)
    assert shared.files == ()
    attachments.wish(three, attachment=attachment)
    carry(three, one)
    for name in os.listdir(stick):
        (stick / name).unlink()
    shared = team.share(one, stick)
    shared.files[0].write_bytes(b"FWATT1" + os.urandom(4000))  # somebody's own
    assert team.merge(three, [shared.path], backed_up=True).files == ()
    assert not attached.folder_of(three.path).exists()
    for laptop in (one, two, three):
        laptop.close()


def test_files_go_along_with_a_backup_and_come_back(tmp_path, workspace):
    id = sources.log_document(workspace, title="Minutes").id
    path, stick = tmp_path / "a.jpg", tmp_path / "stick"
    path.write_bytes(photo())
    stick.mkdir()
    attachment = attachments.attach_file(workspace, belongs=id, path=str(path)).id
    backup = back_up(workspace, stick)
    assert attached_files.carry_out(workspace, stick) == attached_files.carry_out(workspace, stick) == 1
    with joining.restore(backup, tmp_path / "back.fieldwork", PASSPHRASE) as back:
        assert not attachments.attachments_of(back, [id])[id][0].here
        assert (
            attached_files.bring_back(back, (stick, stick.parent)) == 1
            and attached_files.bring_back(back, (stick,)) == 0
        )
        assert attachments.content(back, attachment) == attachments.content(workspace, attachment)


def test_erasing_a_document_erases_its_file(tmp_path):
    workspace = small_inspection(tmp_path)
    id = sources.log_document(workspace, title="Minutes").id
    path = tmp_path / "a.jpg"
    path.write_bytes(photo())
    attachment = attachments.attach_file(workspace, belongs=id, path=str(path)).id
    other = sources.log_document(workspace, title="Other").id
    path.write_bytes(photo((30, 30)))
    attachments.attach_file(workspace, belongs=other, path=str(path))
    key = get(workspace, Attachment, attachment).key
    leading.erase(workspace, records=[id], cause="Logged by mistake.", hold_checked=True)
    assert len(list(attached.folder_of(workspace.path).iterdir())) == 1
    assert (
        attachments.attachments_of(workspace, [id]) == {}
        and len(attachments.attachments_of(workspace, [other])) == 1
    )
    held = records(workspace, Attachment, id=[attachment], hidden=True)
    assert all(one.key is None and one.name == "" for one in held)
    workspace.close()
    again = clearing.open_workspace(workspace.path, PASSPHRASE)
    assert key is not None and verifying.verify(again) == [] and attachments.faults(again) == []
    again.close()


def test_an_erasure_that_is_merged_takes_the_file_there_too(tmp_path):
    lead, other, _ = laptops(tmp_path, 3)
    id = sources.log_document(lead, title="Minutes").id
    path = tmp_path / "a.jpg"
    path.write_bytes(photo())
    attachment = attachments.attach_file(lead, belongs=id, path=str(path)).id
    carried = team.share(lead, tmp_path, everything=True).path
    team.merge(other, [carried], backed_up=True)
    attachments.wish(other, attachment=attachment)
    team.merge(lead, [team.share(other, tmp_path, everything=True).path], backed_up=True)
    shared = team.share(lead, tmp_path, everything=True)
    team.merge(other, [shared.path], backed_up=True)
    assert attachments.attachments_of(other, [id])[id][0].here
    erasure = leading.erase(lead, records=[id], cause="Logged by mistake.", hold_checked=True).id
    team.merge(other, [team.share(lead, tmp_path, everything=True).path], backed_up=True)
    assert attachments.attachments_of(other, [id])[id][0].here  # a second member has not approved yet
    leading.approve(other, erasure=erasure.hex())
    assert list(attached.folder_of(other.path).iterdir()) == []
    team.merge(lead, [team.share(other, tmp_path, everything=True).path], backed_up=True)
    assert list(attached.folder_of(lead.path).iterdir()) == [] and shared.files[0].exists()
    team.merge(other, [shared.path], backed_up=True)  # what lies on the stick is of no use any more
    assert list(attached.folder_of(other.path).iterdir()) == []
    assert team.share(lead, tmp_path, everything=True).files == ()
    for laptop in (lead, other):
        assert attachments.faults(laptop) == [] and verifying.verify(laptop) == []
    for laptop in (lead, other, _):
        laptop.close()
