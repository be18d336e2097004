"""The law for Prisma: what is read of the schema equals the database that Prisma's engine makes of it.

The engine in the npm packages writes DDL for PostgreSQL and SQLite. On MySQL the project's own
migrations, which Prisma wrote, make the database; where they have not kept up with the schema the
difference is the project's, and is counted all the same. On the others the migrations are replayed
too, beside the law.
"""

import contextlib
import re
from pathlib import Path

import psycopg

import asked
import engine
import rewrite
import rows
from scratch import Scratch, scratch

DATASOURCE = re.compile(r"^\s*datasource\s+\w+\s*\{(.*?)^\s*\}", re.MULTILINE | re.DOTALL)
PROVIDER = re.compile(r'^\s*provider\s*=\s*"(\w+)"', re.MULTILINE)
ESCAPES = re.compile("\x1b\\[[0-9;]*m")
UNKNOWN_FEATURE = re.compile(r'preview feature "(\w+)" is not known')
FEATURES = re.compile(r"previewFeatures\s*=\s*\[[^\]]*\]")
# A schema may use what an extension brings without naming it; its migrations make the extension.
EXTENSIONS = ("citext", "pg_trgm", "uuid-ossp", "pgcrypto", "btree_gin", "hstore", "ltree")
CREATE_EXTENSIONS = "".join(f'CREATE EXTENSION IF NOT EXISTS "{name}";' for name in EXTENSIONS)
MODEL = re.compile(r"^\s*model\s+\w+\s*\{", re.MULTILINE)


def schemas(project: Path) -> list:
    """Every schema of a project, as the list of its files: a file with a datasource, together with
    the files under its folder when those have none of their own."""
    texts = {path: path.read_text(encoding="utf-8", errors="replace") for path in sorted(project.rglob("*.prisma"))}
    heads = [path for path, text in texts.items() if DATASOURCE.search(text)]
    found = []
    for head in heads:
        beside = [path for path in texts if path.is_relative_to(head.parent) and path != head]
        alone = not beside or any(path in heads for path in beside)
        # A schema with models of its own, alone in its file, does not want what lies beside it.
        if MODEL.search(texts[head]) and head.name == "schema.prisma" and head.parent.name in ("prisma", "db"):
            alone = alone or len(MODEL.findall(texts[head])) > 3
        found.append([head] if alone else [head, *beside])
    return found


def row_for(project: Path, files: list) -> rows.Row:
    """Judges one schema."""
    head = files[0]
    source = head if len(files) == 1 else head.parent
    row = rows.Row(name=f"{project.name}/{source.relative_to(project)}")
    texts = [(str(path), path.read_text(encoding="utf-8", errors="replace")) for path in files]
    row.models = sum(len(MODEL.findall(text)) for _, text in texts)
    datasource = DATASOURCE.search(texts[0][1])
    provider = PROVIDER.search(datasource.group(1)) if datasource else None
    row.provider = {"postgres": "postgresql"}.get(provider.group(1), provider.group(1)) if provider else "?"
    try:
        judge(row, source, texts)
    except Exception as error:  # whatever went wrong is this row's, and no other's
        row.ours, row.why = rows.NOT_JUDGED, f"{type(error).__name__}: {error}".replace("\n", " ")
    return row


def judge(row: rows.Row, source: Path, texts: list) -> None:
    valid, message = engine.ask("validate", texts)
    # Prisma 7 knows no more of the preview features that Prisma 4 to 6 had; they say nothing about tables.
    while not valid and (gone := UNKNOWN_FEATURE.search(ESCAPES.sub("", message))):
        listed = re.compile(rf',\s*"{gone.group(1)}"|"{gone.group(1)}"\s*,?')
        texts = [(name, FEATURES.sub(lambda list_: listed.sub("", list_.group()), text)) for name, text in texts]
        row.why = f"the judge reads it without the old preview feature {gone.group(1)}"
        valid, message = engine.ask("validate", texts)
    row.engine = "valid" if valid else "refused"
    named = f"prisma:{source}"
    asked.read_alone(row, named)
    if not valid:
        row.why = " ".join(message.split())[:200] if row.ours != rows.REFUSED else row.diagnostics[0]
        return
    if row.ours == rows.REFUSED:
        row.why = row.diagnostics[0]
        return
    if row.provider not in ("postgresql", "sqlite", "mysql"):
        row.why = "a provider that is not compared"
        return
    rewrite.judge(row, named, texts)
    scripts = migrations(source, row.provider)
    replay(row, named, scripts)
    if row.provider != "mysql":
        judge_script(row, named, texts)
    elif not scripts:
        row.why = "MySQL, and no migrations of its own"


def judge_script(row: rows.Row, named: str, texts: list) -> None:
    """Against the database that the engine's own DDL makes."""
    written, statements = engine.ask("script", texts)
    if not written:
        raise RuntimeError(statements)
    with scratch(row.provider) as database:
        try:
            database.execute(statements)
        except psycopg.errors.UndefinedObject:
            # One transaction on PostgreSQL: after the failure nothing is left.
            row.why = "judged with the extensions it takes for given"
            database.execute(CREATE_EXTENSIONS)
            database.execute(statements)
        asked.compare(row, named, database.url)
    # The engine's DDL has no views; that the database lacks them says nothing about our reading.
    views = [found for found in row.findings if " view-missing " in found and "missing in the database" in found]
    if views:
        row.why = f"{len(views)} views, which the engine's DDL has not"
        row.findings = [found for found in row.findings if found not in views]
        row.differences = len(row.findings)
        row.ours = rows.DIFFERS if row.findings else rows.IN_STEP


def replay(row: rows.Row, named: str, scripts: list) -> None:
    """Against the database that the project's own migrations make, on each server there is for them.

    On MySQL this is the law itself, so the row is MySQL's; what MariaDB says beside it is told in the replay.
    """
    row.migrations = len(scripts)
    for dialect in {"mysql": ("mariadb", "mysql")}.get(row.provider, (row.provider,)) if scripts else ():
        try:
            with migrated(dialect, scripts) as database:
                if dialect == "mysql":
                    asked.compare(row, named, database.url)
                    row.replay[dialect] = row.findings
                else:
                    row.replay[dialect] = asked.differences(named, database.url)
        except MigrationFailed as failure:
            row.replay[dialect] = str(failure)
            if dialect == "mysql":
                row.why = str(failure)


class MigrationFailed(Exception):
    """A migration that the server refuses: it says nothing about our reading."""


@contextlib.contextmanager
def migrated(dialect: str, scripts: list):
    """A database after these migrations; if need be with the extensions they take for given."""
    with scratch(dialect) as database:
        try:
            run_migrations(database, scripts)
        except MigrationFailed as failure:
            if not isinstance(failure.__cause__, (psycopg.errors.UndefinedObject, psycopg.errors.UndefinedFunction)):
                raise
        else:
            yield database
            return
    with scratch(dialect) as database:
        database.execute(CREATE_EXTENSIONS)
        run_migrations(database, scripts)
        yield database


def run_migrations(database: Scratch, scripts: list) -> None:
    for name, text in scripts:
        try:
            database.execute(text)
        except Exception as error:
            raise MigrationFailed(f"migration {name}: {error}".replace("\n", " ")[:200]) from error


def migrations(source: Path, provider: str) -> list:
    """The project's migrations in their order, with their names, unless their lock file names another provider."""
    folder = source if source.is_dir() else source.parent
    names = [folder / source.name.replace("schema.prisma", "migrations")]
    heads = [path for path in folder.glob("*.prisma") if DATASOURCE.search(path.read_text(encoding="utf-8", errors="replace"))]
    # Of several schemas side by side nobody says whose the migrations are.
    if len(heads) <= 1 or source.name == "schema.prisma":
        names += [folder / "migrations", folder.parent / "migrations"]
    for candidate in names:
        lock = candidate / "migration_lock.toml"
        if lock.exists() and provider not in lock.read_text().replace('"postgres"', '"postgresql"'):
            continue
        scripts = sorted(candidate.glob("*/migration.sql"), key=lambda script: script.parent.name)
        if scripts:
            texts = ((script.parent.name, script.read_text(encoding="utf-8-sig")) for script in scripts)
            return [(name, text) for name, text in texts if text.strip()]
    return []
