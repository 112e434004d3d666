"""The staging tables of one load: what an extract said, sealed, before it is merged into the record.

They are unlogged and stand in a schema of their own that only the owner enters, under the load's
number, so that a load held by the brake can be confirmed later exactly as it was checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from psycopg import Connection as Psycopg
from sqlalchemy import Connection

SCHEMA = "extract_stage"

FAMILY_FIELDS: dict[str, str] = {
    "nkks": "text",
    "village_id": "bigint",
    "rt": "text",
    "rw": "text",
    "bank": "text",
    "card_last4": "text",
    "status": "text",
    "inactive_reason": "text",
}
"""Compared fields of a family. The address is sealed and compared by its keyed hash."""

HOUSING_FIELDS: dict[str, str] = {
    "tenure": "smallint",
    "land_proof": "smallint",
    "floor_area_m2": "numeric(9,2)",
    "floor": "smallint",
    "wall": "smallint",
    "roof": "smallint",
    "water": "smallint",
    "toilet": "smallint",
    "sewage": "smallint",
    "lighting": "smallint",
    "power_va": "integer",
    "fuel": "smallint",
    "motorcycles": "smallint",
    "cars": "smallint",
    "land_m2": "numeric(12,2)",
    "savings": "boolean",
    "loan": "boolean",
    "bank_accounts": "smallint",
}
MEMBER_FIELDS: dict[str, str] = {
    "name": "text",
    "birth_date": "date",
    "sex": "text",
    "relation": "smallint",
    "marital": "smallint",
    "school_participation": "smallint",
    "school_level": "text",
    "school_grade": "smallint",
    "education": "text",
    "work_status": "text",
    "orphan": "text",
    "alive": "boolean",
}
HEALTH_FIELDS: dict[str, str] = {
    "disability": "smallint",
    "pregnant": "boolean",
    "pregnancy_no": "smallint",
    "chronic_illness": "text",
}
PARTICIPATION_FIELDS: dict[str, str] = {"until": "date", "active": "boolean", "reason": "text"}
DISBURSEMENT_FIELDS: dict[str, str] = {
    "amount": "bigint",
    "scheduled_on": "date",
    "paid_on": "date",
    "status": "text",
    "channel": "text",
    "note": "text",
}

_COLUMNS: dict[str, dict[str, str]] = {
    "family": {
        "number": "integer",
        "given": "boolean",
        "kk_hash": "bytea",
        "kk_sealed": "bytea",
        "address_sealed": "bytea",
        "address_hash": "bytea",
        "fingerprint": "bytea",
        "desil": "smallint",
        "ranked_on": "date",
        "source": "text",
        "source_date": "date",
    }
    | FAMILY_FIELDS
    | HOUSING_FIELDS,
    "member": {
        "number": "integer",
        "first": "boolean",
        "nik_hash": "bytea",
        "nik_sealed": "bytea",
        "fingerprint": "bytea",
        "source": "text",
    }
    | MEMBER_FIELDS
    | HEALTH_FIELDS,
    "participation": {
        "number": "integer",
        "nik_hash": "bytea",
        "program": "text",
        "since": "date",
    }
    | PARTICIPATION_FIELDS,
    "disbursement": {
        "number": "integer",
        "nik_hash": "bytea",
        "program": "text",
        "year": "smallint",
        "stage": "smallint",
    }
    | DISBURSEMENT_FIELDS,
    "uncertain": {"file": "text", "kk_hash": "bytea"},
}


@dataclass(frozen=True, slots=True)
class Stage:
    """The staging tables of the load with that number."""

    load_id: int

    def name(self, table: str) -> str:
        """The qualified name of one of the tables."""
        return f"{SCHEMA}.load_{self.load_id}_{table}"

    def columns(self, table: str) -> tuple[str, ...]:
        """Its columns, in the order in which they are copied."""
        return tuple(_COLUMNS[table])

    def create(self, connection: Connection) -> None:
        """Make the tables, empty."""
        connection.exec_driver_sql(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
        for table, columns in _COLUMNS.items():
            listed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            # Statistics are gathered once, after the copy; autovacuum has nothing to do here.
            connection.exec_driver_sql(
                f"CREATE UNLOGGED TABLE {self.name(table)} ({listed}) WITH (autovacuum_enabled = off)"
            )

    def analyze(self, connection: Connection) -> None:
        """Tell the planner what has been copied."""
        for table in _COLUMNS:
            connection.exec_driver_sql(f"ANALYZE {self.name(table)}")

    def drop(self, connection: Connection) -> None:
        """Drop the tables, as far as they are there."""
        for table in _COLUMNS:
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {self.name(table)}")

    def holds_rows(self, connection: Connection) -> bool:
        """Whether the tables are there and filled: a crash of the server empties unlogged tables."""
        found = connection.exec_driver_sql("SELECT to_regclass(%s)", (self.name("family"),)).scalar()
        return found is not None and bool(
            connection.exec_driver_sql(f"SELECT EXISTS (SELECT FROM {self.name('family')})").scalar()
        )


def driver_connection(connection: Connection) -> Psycopg[Any]:
    """The psycopg connection below, for COPY."""
    return cast("Psycopg[Any]", connection.connection.driver_connection)
