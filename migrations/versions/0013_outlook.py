"""What is open to a family is kept until the record, the catalogue or the day makes it another

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE kept_outlook (
            person_id bigint NOT NULL CONSTRAINT pk_kept_outlook PRIMARY KEY
                CONSTRAINT fk_kept_outlook_person_id_account REFERENCES account (person_id)
                ON DELETE CASCADE ON UPDATE CASCADE,
            family_id bigint NOT NULL,
            revision integer NOT NULL,
            catalogue text NOT NULL,
            since date NOT NULL,
            until date NOT NULL,
            alive boolean NOT NULL,
            answers jsonb NOT NULL
        )
        """
    )
    op.execute("ALTER TABLE kept_outlook ENABLE ROW LEVEL SECURITY")
    op.execute("GRANT SELECT, INSERT, UPDATE ON kept_outlook TO portal_family")
    op.execute(
        "CREATE POLICY own_outlook ON kept_outlook TO portal_family"
        " USING (person_id = (SELECT current_person())) WITH CHECK (person_id = (SELECT current_person())"
        " AND family_id = (SELECT current_family()))"
    )


def downgrade() -> None:
    op.execute("DROP TABLE kept_outlook")
