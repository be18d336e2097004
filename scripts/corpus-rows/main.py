"""The command line of scripts/corpus."""

import argparse
import sys
from pathlib import Path

import prisma
import rows


def main() -> None:
    arguments = argparse.ArgumentParser(prog="scripts/corpus", description="the law over real projects")
    arguments.add_argument("--python", action="store_true", help="packages or folders with SQLAlchemy models")
    arguments.add_argument("--json", metavar="FILE", help="all rows, with their findings")
    arguments.add_argument("names", nargs="*", metavar="DIR|NAME", help="for --python: of packages.toml; none is all")
    chosen = arguments.parse_args()
    found = []
    for name in chosen.names or every_name(arguments, chosen.python):
        for row in rows_of(name, chosen.python):
            print(f"{row.name}: {row.engine}, {row.ours}, {row.differences} {row.why[:80]}", file=sys.stderr, flush=True)
            found.append(row)
    rows.print_table(found)
    if chosen.json:
        rows.write_json(chosen.json, found)
    sys.exit(any(row.ours not in (rows.IN_STEP, rows.NOT_JUDGED) and row.engine != "refused" for row in found))


def every_name(arguments: argparse.ArgumentParser, python: bool) -> list:
    if not python:
        arguments.error("no DIR was given")
    import sqlalchemy_models

    return sqlalchemy_models.all_names()


def rows_of(name: str, python: bool):
    if python:
        import sqlalchemy_models

        yield from sqlalchemy_models.rows_for(name)
        return
    project = Path(name).resolve()
    for files in prisma.schemas(project):
        yield prisma.row_for(project, files)


main()
