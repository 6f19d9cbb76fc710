"""The tables of a workspace: history, state, and one typed table per kind of record.

History (entry, payload, branch, device) is what was said; state (object, cell, rival) follows
from it; typed tables and the search index are projections of the state and can be rebuilt.
"""

from functools import cache
from typing import Any

import sqlalchemy as sa

from fieldwork.domain.records import KINDS, field_rules

APPLICATION_ID = 0x46574B31  # "FWK1"

metadata = sa.MetaData()


class _Any(sa.types.UserDefinedType):
    """A column without a declared type: SQLite keeps every value exactly as it was given."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return ""


meta = sa.Table(
    "meta",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", _Any()),
    sqlite_with_rowid=False,
)
device = sa.Table(
    "device_known",
    metadata,
    sa.Column("no", sa.Integer, primary_key=True),
    sa.Column("id", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("public", sa.LargeBinary, nullable=False),
    sa.Column("forked", sa.Integer, nullable=False, server_default="0"),
    sa.Column("vouched", sa.Integer, nullable=False, server_default="1"),  # its introduction has arrived
    sa.Column("limited", sa.Integer, nullable=False, server_default="0"),  # not all it wrote counts
    sa.Column("clock", sa.Integer),  # milliseconds by which its clock was seen to be wrong
)
branch = sa.Table(
    "branch",
    metadata,
    sa.Column("no", sa.Integer, primary_key=True),
    sa.Column("device", sa.Integer, nullable=False, index=True),
    sa.Column("base", sa.Integer),  # the branch it forked from, after that branch's entry base_n
    sa.Column("base_n", sa.Integer, nullable=False, server_default="0"),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("tip", sa.Integer, nullable=False),
)
signature = sa.Table(
    "signature",
    metadata,
    sa.Column("hash", sa.LargeBinary, primary_key=True),  # of the entry it vouches for
    sa.Column("device", sa.Integer, nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("signature", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
entry = sa.Table(
    "entry",
    metadata,
    sa.Column("no", sa.Integer, primary_key=True),  # in the order of taking effect here
    sa.Column("device", sa.Integer, nullable=False),
    sa.Column("branch", sa.Integer, nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("time", sa.Integer, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("undoes", sa.LargeBinary),
    sa.Column("hash", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column(
        "decides", sa.Integer, nullable=False, server_default="0"
    ),  # on who may do what, and what counts
    sa.Column(
        "counts", sa.Integer, nullable=False, server_default="1"
    ),  # 1 all, 0 nothing, 2 what a lead decided
    sa.Index("entry_by_branch", "branch", "n"),
    sa.Index("entry_deciding", "no", sqlite_where=sa.text("decides = 1")),
    sa.Index("entry_not_counting", "no", sqlite_where=sa.text("counts <> 1")),
)
payload = sa.Table(
    "payload",
    metadata,
    sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),  # -1 the reason, then by group
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("vals", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
parked = sa.Table(
    "parked",
    metadata,
    sa.Column("hash", sa.LargeBinary, primary_key=True),
    sa.Column("device", sa.LargeBinary, nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("payloads", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
held = sa.Table(  # entries of a merge that was taken back, on this laptop alone
    "held",
    metadata,
    sa.Column("hash", sa.LargeBinary, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("payloads", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
erased = sa.Table(  # records that erasures in force name
    "erased",
    metadata,
    sa.Column("id", sa.LargeBinary, primary_key=True),
    sa.Column(
        "words", sa.Integer, nullable=False, server_default="0"
    ),  # whether something said of it is gone
    sqlite_with_rowid=False,
)
withheld = sa.Table(  # what its author erased after all, though it had been shared: kept here, never shown
    "withheld",
    metadata,
    sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("vals", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
epoch_own = sa.Table(  # secret halves of the inspection's keys that this laptop was given
    "epoch_own",
    metadata,
    sa.Column("recipient", sa.Text, primary_key=True),
    sa.Column("identity", sa.Text, nullable=False),
    sqlite_with_rowid=False,
)
object_ = sa.Table(
    "object",
    metadata,
    sa.Column("no", sa.Integer, primary_key=True),
    sa.Column("id", sa.LargeBinary, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("owner", sa.LargeBinary),
    sa.Column("deleted", sa.Integer, nullable=False, server_default="0"),
    sa.Column("hidden", sa.Integer, nullable=False, server_default="0"),
    sa.Index("object_by_owner", "owner"),
)
cell = sa.Table(
    "cell",
    metadata,
    sa.Column("object", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("field", sa.Text, primary_key=True),
    sa.Column("value", _Any()),
    sa.Column("change", sa.Integer, nullable=False),
    sa.Column("time", sa.Integer, nullable=False),
    sa.Index("cell_deleted", "object", sqlite_where=sa.text("field = '_deleted'")),
    sqlite_with_rowid=False,
)
rival = sa.Table(
    "rival",
    metadata,
    sa.Column("object", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("field", sa.Text, primary_key=True),
    sa.Column("change", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("value", _Any()),
    sa.Column("time", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
seen = sa.Table(
    "seen",
    metadata,
    sa.Column("object", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
sealed_in = sa.Table(  # the entries that speak of a sealed examination
    "sealed_in",
    metadata,
    sa.Column("examination", sa.LargeBinary, primary_key=True),
    sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
    sa.Index("sealed_in_by_entry", "entry"),
    sqlite_with_rowid=False,
)
unsealed = sa.Table(  # examinations that a release opens, and what it opens in short
    "unsealed",
    metadata,
    sa.Column("examination", sa.LargeBinary, primary_key=True),
    sa.Column("opening", sa.LargeBinary, nullable=False),
    sa.Column("finish", sa.LargeBinary, nullable=False),
    sa.Column("stamp", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
opened = sa.Table(  # records that sealed parts made, with the parts' entries
    "opened",
    metadata,
    sa.Column("object", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("examination", sa.LargeBinary, nullable=False, index=True),
    sa.Column("only", sa.Integer, nullable=False),  # whether it says nothing of the record in clear
    sqlite_with_rowid=False,
)
searchable = sa.Table(
    "searchable",
    metadata,
    sa.Column("no", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("words", sa.Text, nullable=False),
)
knowledge = sa.Table(  # what each colleague is known to hold, from the packages they sent
    "knowledge",
    metadata,
    sa.Column("device", sa.LargeBinary, primary_key=True),
    sa.Column("heads", sa.LargeBinary, nullable=False),
    sa.Column("at", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
receipt = sa.Table(
    "receipt",
    metadata,
    sa.Column("no", sa.Integer, primary_key=True),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("device", sa.LargeBinary),
    sa.Column("at", sa.Integer, nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("changes", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),  # why it was refused
)
activity = sa.Table(
    "activity",
    metadata,
    sa.Column("n", sa.Integer, primary_key=True),
    sa.Column("at", sa.Integer, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)

_TYPES = {"TEXT": sa.Text, "INTEGER": sa.Integer, "BLOB": sa.LargeBinary, "REAL": sa.Float}


@cache
def table_of(kind: str) -> sa.Table:
    """The typed table of a kind. No foreign keys and no uniqueness: a merge may bring anything in any order.

    A record is looked up by its id in `object`, which knows its number here.
    """
    return metadata.tables[kind]


def _typed_table(kind: str) -> sa.Table:
    columns: list[sa.Column[Any]] = [
        sa.Column(rule.name, _TYPES[rule.storage]) for rule in field_rules(kind).values()
    ]
    owner = [
        sa.Index(f"{kind}_by_{rule.name}", rule.name)
        for rule in field_rules(kind).values()
        if rule.owner or rule.name in ("reference", "evidence")
    ]
    return sa.Table(
        kind,
        metadata,
        sa.Column("no", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.LargeBinary, nullable=False),
        sa.Column("hidden", sa.Integer, nullable=False, server_default="0"),
        *columns,
        *owner,
    )


for _kind in KINDS:
    _typed_table(_kind)

TOKENS = "porter unicode61 remove_diacritics 2"
FULL_TEXT = (
    "CREATE VIRTUAL TABLE found USING fts5(words, content='searchable', content_rowid='no', "
    f"tokenize=\"{TOKENS}\", prefix='2 3')"
)


def create_all(db: sa.Connection) -> None:
    metadata.create_all(db)
    db.exec_driver_sql(FULL_TEXT)


def widen(db: sa.Connection) -> list[str]:
    """Add the tables and columns that an older file lacks; returns the kinds whose table was new or grew."""
    found = sa.inspect(db)
    grown = []
    for table in metadata.sorted_tables:
        if not found.has_table(table.name):
            table.create(db)
            grown.append(table.name)
            continue
        held = {column["name"] for column in found.get_columns(table.name)}
        for column in table.columns:
            if column.name not in held:
                shape = sa.schema.CreateColumn(column).compile(dialect=db.dialect)
                db.exec_driver_sql(f'ALTER TABLE "{table.name}" ADD COLUMN {shape}')
                grown.append(table.name)
        for index in table.indexes:
            index.create(db, checkfirst=True)
    return sorted({name for name in grown if name in KINDS})
