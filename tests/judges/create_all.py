"""Imports SQLAlchemy models and makes their tables, or prints the SQL that would.

usage: create_all.py create URL ROOT MODELS
       create_all.py create-written URL ROOT MODELS    (warnings are errors; relationships are worked out)
       create_all.py print DIALECT ROOT MODELS

MODELS is a Python file or a package; all modules of a package are imported. Imports may start
from any folder between ROOT and MODELS, as in a project that is run from one of them.
"""

import importlib
import pkgutil
import sys
import warnings
from pathlib import Path

import sqlalchemy.orm
from sqlalchemy.schema import CreateSchema

# How a URL without a driver is meant here.
DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg", "mysql": "mysql+pymysql", "sqlite": "sqlite"}


def import_models(root: Path, models: Path) -> list:
    """All modules of the models."""
    folder = models.parent
    while True:
        sys.path.insert(0, str(folder))
        if folder == root or root not in folder.parents:
            break
        folder = folder.parent
    # `app/models` with `app/__init__.py` is the package `app.models`, so that relative imports work.
    names, outer = [models.stem], models.parent
    while outer != root and (outer / "__init__.py").exists():
        names.insert(0, outer.name)
        outer = outer.parent
    module = importlib.import_module(".".join(names))
    modules = [module]
    if models.is_dir():
        for found in pkgutil.walk_packages(module.__path__, module.__name__ + "."):
            modules.append(importlib.import_module(found.name))
    return modules


def metadata_of(modules: list) -> list:
    """Every MetaData with tables that the modules can reach by a name, in the order found."""
    found = {}
    for module in modules:
        for value in vars(module).values():
            candidate = value if isinstance(value, sqlalchemy.MetaData) else getattr(value, "metadata", None)
            # What Flask-SQLAlchemy keeps in another database is not made in this one.
            if isinstance(candidate, sqlalchemy.MetaData) and candidate.tables and not candidate.info.get("bind_key"):
                found.setdefault(id(candidate), candidate)
    return list(found.values())


def create(url: str, metadata: list) -> None:
    """Makes the schemas, which `create_all` takes for given, and the tables."""
    parsed = sqlalchemy.make_url(url.replace("sqlite:/", "sqlite:////", 1) if url.startswith("sqlite:/") else url)
    engine = sqlalchemy.create_engine(parsed.set(drivername=DRIVERS[parsed.drivername]))
    with engine.begin() as connection:
        schemas = {table.schema for each in metadata for table in each.tables.values()} - {None}
        for schema in sorted(schemas):
            connection.execute(CreateSchema(schema, if_not_exists=True))
        for each in metadata:
            each.create_all(connection)
    engine.dispose()


def print_statements(dialect: str, metadata: list) -> None:
    """Prints what `create_all` would run."""

    def show(statement, *_arguments, **_options):
        print(str(statement.compile(dialect=engine.dialect)).strip() + ";")

    engine = sqlalchemy.create_mock_engine(DRIVERS[dialect] + "://", show)
    for each in metadata:
        each.create_all(engine, checkfirst=False)


def main() -> None:
    what, target, root, models = sys.argv[1:]
    if what == "create-written":
        warnings.simplefilter("error")
    metadata = metadata_of(import_models(Path(root).resolve(), Path(models).resolve()))
    if what == "create-written":
        sqlalchemy.orm.configure_mappers()
    if not metadata:
        sys.exit(f"{models}: no MetaData with tables")
    (print_statements if what == "print" else create)(target, metadata)


main()
