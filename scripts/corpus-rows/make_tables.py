"""Imports the modules of an installed package and makes the tables of the MetaData they reach.

usage: make_tables.py URL MODULE…
       make_tables.py URL alembic:FOLDER

Runs in the package's own environment, whatever its SQLAlchemy (1.4 and later). A MODULE that ends in
`.*` stands for itself and all modules under it. `MODULE:NAME` narrows the search to one object of the
module: a MetaData, or what has one. CORPUS_PRELUDE is Python that runs first (a setting, an
environment variable; `url` and `engine_of` are at hand) and CORPUS_FINALE Python that runs after the imports, for what a project does
when it starts. Prints the number of tables.

`alembic:FOLDER` runs a project's own revisions to their heads instead: the folder that holds `versions`. Its
env.py is not run, which imports the application: that is what could not be had.
"""

import importlib
import os
import pkgutil
import sys

import sqlalchemy
from sqlalchemy.schema import CreateSchema

DRIVERS = {
    "postgresql": ["postgresql+psycopg", "postgresql+psycopg2"],
    "mysql": ["mysql+pymysql"],
    "sqlite": ["sqlite"],
}


def imported(names: list) -> list:
    """The modules, and the names to look at in each (all, if none are given)."""
    found = []
    for name in names:
        name, _, attribute = name.partition(":")
        is_tree = name.endswith(".*")
        module = importlib.import_module(name.removesuffix(".*"))
        found.append((module, attribute))
        if is_tree:
            for inner in pkgutil.walk_packages(module.__path__, module.__name__ + "."):
                if ".tests" not in inner.name:
                    found.append((importlib.import_module(inner.name), ""))
    return found


def metadata_of(modules: list) -> list:
    """Every MetaData with tables that the modules can reach by a name, in the order found."""
    found = {}
    for module, attribute in modules:
        if attribute:
            values = [module]
            for part in attribute.split("."):
                values = [getattr(values[0], part)]
        else:
            values = list(vars(module).values())
        for value in values:
            try:
                candidate = value if isinstance(value, sqlalchemy.MetaData) else getattr(value, "metadata", None)
            except Exception:  # a proxy that wants an application
                continue
            # What Flask-SQLAlchemy keeps in another database is not made in this one.
            if isinstance(candidate, sqlalchemy.MetaData) and candidate.tables and not candidate.info.get("bind_key"):
                found.setdefault(id(candidate), candidate)
    return list(found.values())


def engine_of(url: str):
    """An engine with the driver that this SQLAlchemy knows."""
    if url.startswith("sqlite:"):
        return sqlalchemy.create_engine("sqlite:///" + url.removeprefix("sqlite:"))
    parsed = sqlalchemy.engine.make_url(url)
    drivers = DRIVERS[parsed.drivername]
    # What `postgresql://` means to each: from 2.1 on it is psycopg 3.
    is_21 = tuple(int(part) for part in sqlalchemy.__version__.split(".")[:2]) >= (2, 1)
    for driver in drivers if is_21 else reversed(drivers):
        try:
            return sqlalchemy.create_engine(parsed.set(drivername=driver))
        except Exception as error:  # SQLAlchemy 1.4 knows no psycopg 3
            refused = error
    raise refused


def upgrade(engine, folder: str) -> int:
    """`alembic upgrade heads`; the number of tables that there are then."""
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", folder)
    script = ScriptDirectory.from_config(config)

    def steps(revision, _context):
        return script._upgrade_revs("heads", revision)

    with EnvironmentContext(config, script, fn=steps) as environment, engine.connect() as connection:
        environment.configure(connection=connection, transaction_per_migration=True)
        with environment.begin_transaction():
            environment.run_migrations()
        connection.commit()
        return len(sqlalchemy.inspect(connection).get_table_names()) - 1


def main() -> None:
    url, *names = sys.argv[1:]
    scope = {"url": url, "engine_of": engine_of}
    exec(os.environ.get("CORPUS_PRELUDE", ""), scope)
    if names[0].startswith("alembic:"):
        print(upgrade(engine_of(url), names[0].removeprefix("alembic:")))
        return
    modules = imported(names)
    exec(os.environ.get("CORPUS_FINALE", ""), scope)
    metadata = metadata_of(modules)
    if not metadata:
        sys.exit("no MetaData with tables")
    engine = engine_of(url)
    with engine.begin() as connection:
        for schema in sorted({table.schema for each in metadata for table in each.tables.values()} - {None}):
            connection.execute(CreateSchema(schema))
        for each in metadata:
            each.create_all(connection)
    print(sum(len(each.tables) for each in metadata))


main()
