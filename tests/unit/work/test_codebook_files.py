"""Codebooks of other programs, in and out: nothing is lost on the way, and what is faulty is refused by its line."""

from pathlib import Path

import pytest
from lxml import etree

from fieldwork.domain.faults import Fault
from fieldwork.domain.records import Theme
from fieldwork.store.reading import dump, records
from fieldwork.work import codebook, codebook_files, themes
from laptops import give, together
from laptops import team as laptops_of

# the schema of the REFI-QDA standard 1.0, under the MIT licence
SCHEMA = Path(__file__).parents[2] / "data" / "refi-qda-codebook.xsd"
QDC = """<?xml version="1.0" encoding="UTF-8"?>
<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="another program">
 <Codes>
  <Code guid="{5215CC69-b628-4e02-afb9-9beeaee55808}" name="Topics" isCodable="false">
   <Code guid="d7aa29da-519b-4946-9b90-253b6db8fd0a" name="Môn &amp; Gwent" isCodable="true" color="#fF0">
    <Description>Said of jobs.
Examples:
"No work here."</Description>
   </Code>
  </Code>
  <Code guid="9fa9bcb7-5b59-47a9-8c3e-f65cffdc7520" name="disclosure" isCodable="true"/>
 </Codes>
 <Sets><Set guid="9fa9bcb7-5b59-47a9-8c3e-f65cffdc7521" name="A set"><Description>Left.</Description></Set></Sets>
</CodeBook>
"""


@pytest.fixture
def pair(tmp_path):
    some = laptops_of(tmp_path, 2)
    codebook.add_theme(some[0], name="disclosure", guidance="Ours.")
    give(some[0], some[1])
    yield some
    for one in some:
        one.close()


def shape(one):
    return [(e.depth, e.theme.name, e.theme.guidance, e.theme.examples, e.theme.colour, e.theme.heading)
            for e in codebook.codebook(one)]  # fmt: skip


def written(folder, name, text):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_qdc_is_read_once_and_the_same_on_two_laptops(pair, tmp_path):
    one, other = pair
    told = codebook_files.read_codebook(written(tmp_path, "a.qdc", QDC))
    wanted = codebook_files.taking(one, told)
    assert (wanted.new, wanted.changed, wanted.left) == (("Topics", "Môn & Gwent"), (), ("disclosure",))
    codebook_files.take_codebook(one, told)
    codebook_files.take_codebook(other, told)
    assert shape(one) == [
        (0, "disclosure", "Ours.", "", "", 0),
        (0, "Topics", "", "", "", 1),
        (1, "Môn & Gwent", "Said of jobs.", '"No work here."', "#ffff00", 0),
    ]
    assert codebook_files.take_codebook(one, told).entry is None
    together(one, other)
    assert dump(one) == dump(other) and not dump(one)["conflicts"] and len(records(one, Theme)) == 3


@pytest.mark.parametrize("name", ["out.qdc", "out.csv", "out.xlsx"])
def test_what_is_written_reads_back_the_same(pair, tmp_path, name):
    one, other = pair
    codebook_files.take_codebook(one, codebook_files.read_codebook(written(tmp_path, "a.qdc", QDC)))
    codebook.add_theme(one, name="=1+1", examples='-x\n@y, "z"')
    codebook.withdraw_theme(one, theme=themes.find_theme(one, "disclosure").id)
    to = tmp_path / name
    codebook_files.write_codebook(one, to)
    if to.suffix == ".qdc":
        etree.XMLSchema(etree.parse(SCHEMA)).assertValid(etree.parse(to))
    codebook.withdraw_theme(other, theme=themes.find_theme(other, "disclosure").id)
    told = codebook_files.read_codebook(to)
    codebook_files.take_codebook(other, told)
    assert shape(other) == shape(one)
    assert codebook_files.taking(one, told).changes == ()


DEEP = "<Code guid='9fa9bcb7-5b59-47a9-8c3e-f65cffdc752{}' name='n{}' isCodable='true'>"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: no element found"),
        ("<CodeBook><Codes>\n<Code", "line 2: "),
        ("<Project/>", 'begins with "CodeBook", not with "Project"'),
        ('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>\n<CodeBook>&b;</CodeBook>', "line 1: a document type"),
        ("<CodeBook><Codes/></CodeBook>", "holds no theme"),
        (QDC.replace('name="Topics"', 'name=" "'), "line 4: a code without a name"),
        (QDC.replace("d7aa29da-", "d7aa29dg-"), 'line 5: the code "Môn & Gwent" has no guid'),
        (QDC.replace("9fa9bcb7-5b59-47a9-8c3e-f65cffdc7520", "d7aa29da-519b-4946-9b90-253b6db8fd0a"),
         'line 11: "disclosure" has the guid of line 5'),
        (QDC.replace("#fF0", "yellow"), 'line 5: "yellow" is no colour'),
        (QDC.replace('isCodable="false"', 'isCodable="perhaps"'), 'line 4: isCodable is "perhaps"'),
        (QDC.replace('name="disclosure"', 'name="topics"'), 'line 11: "topics" stands there twice, first in line 4'),
        ("<CodeBook><Codes>" + "\n".join(DEEP.format(n, n) for n in range(4)) + "</Code>" * 4 + "</Codes></CodeBook>",
         'line 4: "n3" stands 4 levels deep'),
        ("<CodeBook>" + "<a>" * 100_000, "nested deeper"),
        ("<CodeBook>\ud800</CodeBook>".encode("utf-16-le", "surrogatepass"), "line 1"),
        (b"\xff" * 100, "line 1"),
        (b" " * 5_000_001, "larger than 5 MB"),
    ],
)  # fmt: skip
def test_faulty_qdc_files_are_refused_by_their_line(tmp_path, text, said):
    with pytest.raises(Fault, match=r"a\.qdc") as fault:
        codebook_files.read_codebook(written(tmp_path, "a.qdc", text))
    assert said in str(fault.value) and "\n" not in str(fault.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("code,guidance\na,b\n", "name"),
        ("name,parent\na,b\nb,a\n", "row 2"),
        ("name,parent\na,a\n", "row 2, column parent: the theme stands below itself"),
        ("name,colour\na,#12\n", "row 2"),
        ("name,parent\n,x\n", "row 2, column name: a theme without a name"),
        ("name,parent\na,\nb,a\nc,b\nd,c\n", 'row 5: "d" stands 4 levels deep'),
        ('name,parent\n"a,b\n', "row"),
    ],
)
def test_faulty_tables_are_refused_by_their_row(tmp_path, text, said):
    with pytest.raises(Fault, match=r"a\.csv") as fault:
        codebook_files.read_codebook(written(tmp_path, "a.csv", text))
    assert said in str(fault.value)


def test_a_row_may_stand_below_a_theme_that_is_here(pair, tmp_path):
    one, _ = pair
    told = codebook_files.read_codebook(
        written(tmp_path, "a.csv", "name;parent\nlate;schedules\nschedules;Disclosure\n")
    )
    codebook_files.take_codebook(one, told)
    assert [row[:2] for row in shape(one)] == [(0, "disclosure"), (1, "schedules"), (2, "late")]
    stray = codebook_files.read_codebook(written(tmp_path, "b.csv", "name;parent\nx;nobody\n"))
    with pytest.raises(Fault, match='row 2: there is no theme "nobody"'):
        codebook_files.take_codebook(one, stray)
