"""Runs Alembic's own `upgrade` or `downgrade` on a database, with the revisions of a folder.

usage: alembic_run.py upgrade|downgrade URL FOLDER REVISION [CONVENTION]

FOLDER has `versions/` with the revisions; an `env.py` that does no more than any is made beside it. CONVENTION is the naming
convention of its `target_metadata` as JSON.
"""

import json
import sys
from pathlib import Path

import sqlalchemy
from alembic import command
from alembic.config import Config

# How a URL without a driver is meant here.
DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "mysql": "mysql+pymysql", "sqlite": "sqlite"}

ENVIRONMENT = """\
from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes.get("target_metadata"),
)
with context.begin_transaction():
    context.run_migrations()
"""


def main() -> None:
    way, url, folder, revision, *convention = sys.argv[1:]
    environment = Path(folder) / "env.py"
    if not environment.exists():
        environment.write_text(ENVIRONMENT)
    parsed = sqlalchemy.make_url(url.replace("sqlite:/", "sqlite:////", 1) if url.startswith("sqlite:/") else url)
    engine = sqlalchemy.create_engine(parsed.set(drivername=DRIVERS[parsed.drivername]))
    config = Config()
    config.set_main_option("script_location", folder.replace("%", "%%"))
    if convention:
        config.attributes["target_metadata"] = sqlalchemy.MetaData(naming_convention=json.loads(convention[0]))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        getattr(command, way)(config, revision)


if __name__ == "__main__":
    main()
