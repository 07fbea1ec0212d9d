"""The SQLite tables: sequence numbers and ciphertext, nothing else (format.md section 5).

The rollback journal keeps a vault one file to copy; EXTRA syncs the folder after the journal goes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import StaticPool
from sqlmodel import Field, SQLModel, create_engine

APPLICATION_ID = 0x45564944
SCHEMA_VERSION = 1


class EntryRow(SQLModel, table=True):
    """One sealed entry line and its sealed signatures."""

    __tablename__ = "entry"
    seq: int = Field(primary_key=True)
    ct: bytes
    sigs: bytes


class RecRow(SQLModel, table=True):
    """One sealed record."""

    __tablename__ = "rec"
    seq: int = Field(primary_key=True)
    ct: bytes


class HoldRow(SQLModel, table=True):
    """One sealed freeze or release."""

    __tablename__ = "hold"
    seq: int = Field(primary_key=True)
    ct: bytes


class MetaRow(SQLModel, table=True):
    """Origin and last head, in clear."""

    __tablename__ = "meta"
    k: str = Field(primary_key=True)
    v: str


PRAGMAS = (
    "journal_mode=DELETE",
    "synchronous=EXTRA",
    "fullfsync=ON",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "foreign_keys=ON",
    "temp_store=MEMORY",
    "mmap_size=0",
)


def engine(path: Path) -> Engine:
    """Return an engine on the database file, with the durable settings, one connection only."""
    made = create_engine(
        f"sqlite:///{path}", poolclass=StaticPool, connect_args={"check_same_thread": False}
    )

    @event.listens_for(made, "connect")
    def _settings(connection: Any, _record: object) -> None:
        # The driver's own transaction handling would start a deferred one; ours are IMMEDIATE.
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(made, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return made


def create(made: Engine) -> None:
    """Create the tables and stamp the file with its application id and schema version."""
    SQLModel.metadata.create_all(
        made, tables=[SQLModel.metadata.tables[n] for n in ("entry", "rec", "hold", "meta")]
    )
    with made.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")
        connection.commit()
