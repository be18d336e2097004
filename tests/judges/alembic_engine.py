"""Alembic's own engine, answering on standard output what it is asked on standard input, one JSON document a line:

  {"operation": "upgrade" | "downgrade", "url": "…", "folder": "…", "revision": "…"}
  {"operation": "differences", "url": "…", "wanted": "URL of another database"}
  {"operation": "autogenerate", "url": "…", "models": "FILE"}
  {"operation": "operations", "body": "the lines of an upgrade()"}
  {"ok": true, "output": "…"}  or  {"ok": false, "output": "traceback"}

`differences` is what `alembic check` would find where models said exactly what the other database is; `autogenerate` is the
body of the revision that `alembic revision --autogenerate` writes for models, and `operations` that of any revision, both as
operations, one a line, in one order and one spelling.
"""

import ast
import contextlib
import importlib.util
import json
import re
import sys
import traceback
import warnings
from pathlib import Path

import sqlalchemy
from alembic import autogenerate, command
from alembic.config import Config
from alembic.migration import MigrationContext

from alembic_run import DRIVERS, ENVIRONMENT

# A module that is written again within a second, with as many letters, must not be read as it was before. (The variable that
# says so came too late for a Python that was waiting already.)
sys.dont_write_bytecode = True

# What belongs to the two tools.
OWN_TABLES = ("_prisma_migrations", "alembic_version")


def connect(url: str) -> sqlalchemy.Connection:
    parsed = sqlalchemy.make_url(url.replace("sqlite:/", "sqlite:////", 1) if url.startswith("sqlite:/") else url)
    parsed = parsed.set(drivername=DRIVERS[parsed.drivername])
    return sqlalchemy.create_engine(parsed, poolclass=sqlalchemy.pool.NullPool).connect()


def run(way: str, url: str, folder: str, revision: str) -> str:
    environment = Path(folder) / "env.py"
    if not environment.exists():
        environment.write_text(ENVIRONMENT)
    config = Config()
    config.set_main_option("script_location", folder.replace("%", "%%"))
    with connect(url) as connection:
        config.attributes["connection"] = connection
        getattr(command, way)(config, revision)
    return ""


def is_ours(thing: object, name: str | None, kind: str, *_: object) -> bool:
    return not (kind == "table" and name in OWN_TABLES)


def context_of(connection: sqlalchemy.Connection, metadata: sqlalchemy.MetaData) -> MigrationContext:
    options = {
        "compare_type": True,
        "compare_server_default": True,
        "include_object": is_ours,
        "target_metadata": metadata,
        "render_as_batch": connection.dialect.name == "sqlite",
    }
    return MigrationContext.configure(connection, opts=options)


def differences(url: str, wanted: str) -> str:
    metadata = sqlalchemy.MetaData()
    with connect(wanted) as connection:
        metadata.reflect(connection)
    with connect(url) as connection:
        found = autogenerate.compare_metadata(context_of(connection, metadata), metadata)
    return "\n".join(sorted(without_addresses(difference) for difference in found))


def without_addresses(difference: object) -> str:
    return re.sub(r" at 0x[0-9a-f]+", "", repr(difference))


def metadata_of(models: str) -> sqlalchemy.MetaData:
    specification = importlib.util.spec_from_file_location("models", models)
    module = importlib.util.module_from_spec(specification)
    sys.modules["models"] = module
    specification.loader.exec_module(module)
    for value in vars(module).values():
        if isinstance(value, sqlalchemy.MetaData):
            return value
        if isinstance(getattr(value, "metadata", None), sqlalchemy.MetaData):
            return value.metadata
    return sqlalchemy.MetaData()


def generate(url: str, models: str) -> str:
    metadata = metadata_of(models)
    with connect(url) as connection:
        context = context_of(connection, metadata)
        operations = autogenerate.produce_migrations(context, metadata)
        imports = set()
        settings = {
            "sqlalchemy_module_prefix": "sa.",
            "alembic_module_prefix": "op.",
            "render_as_batch": context.opts["render_as_batch"],
        }
        with connect(url) as other:
            settings_context = MigrationContext.configure(other, opts={**context.opts, **settings})
            body = autogenerate.render_python_code(
                operations.upgrade_ops,
                render_as_batch=settings["render_as_batch"],
                imports=imports,
                migration_context=settings_context,
            )
            # All lines but the first are indented.
            return " " * 4 + body


UNSAID = ("sqlite_autoincrement", "table_kwargs", "mysql_charset", "mysql_collate", "astext_type")
SAME_TYPES = {"STRING": "VARCHAR", "BIGINTEGER": "BIGINT", "NUMERIC": "DECIMAL"}


class OneSpelling(ast.NodeTransformer):
    """Keywords in one order; names without the mark that they follow a convention; nothing said that goes without saying.

    What stays is told by Alembic as the server has it (`existing_type=sa.TEXT()`) and by ours as a model would say it
    (`sa.Text()`), so that is brought into one form. AUTOINCREMENT of SQLite and the character set of MySQL are in no model that
    is written of a Prisma schema, and a primary or foreign key that is called as the server would call it has no name there.
    """

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        function = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if function == "f" and node.args:
            return node.args[0]
        is_default = {"schema": None, "unique": False, "autoincrement": True}
        node.keywords = sorted(
            (
                self.existing(word)
                for word in node.keywords
                if not (isinstance(word.value, ast.Constant) and is_default.get(word.arg, word) == word.value.value)
                and word.arg not in UNSAID
                and not (function == "alter_column" and word.arg == "autoincrement")
            ),
            key=lambda word: word.arg or "",
        )
        if function in ("PrimaryKeyConstraint", "ForeignKeyConstraint"):
            node.keywords = [word for word in node.keywords if not ast.unparse(word.value).endswith(("_pkey'", "_fkey'"))]
        if function == "create_foreign_key" and ast.unparse(node.args[0]).endswith("_fkey'"):
            node.args[0] = ast.Constant(None)
        if function == "literal_column":
            node.func.attr = "text"
        if function == "create_table":
            node.args.sort(key=lambda part: ("" if "Column(" in ast.unparse(part)[:10] else ast.unparse(part)))
        return node

    @staticmethod
    def existing(word: ast.keyword) -> ast.keyword:
        value = word.value
        if word.arg == "existing_type" and isinstance(value, ast.Call):
            name = value.func.attr.upper() if isinstance(value.func, ast.Attribute) else ast.unparse(value.func)
            name = SAME_TYPES.get(name, name)
            said = [part for part in value.keywords if part.arg not in ("collation", "create_type", "asdecimal")]
            said.sort(key=lambda part: part.arg or "")
            word.value = ast.Call(func=ast.Name(id=name), args=value.args, keywords=said)
        if word.arg == "existing_server_default":
            text = ast.unparse(value.args[0]) if isinstance(value, ast.Call) and value.args else ast.unparse(value)
            text = ast.literal_eval(text) if isinstance(value, ast.Call) and value.args else text
            word.value = ast.Constant(str(text).split("::")[0])
        return word


def of_batch(batch: ast.Call, statement: ast.stmt) -> str:
    """An index is made and dropped in place, in a batch or not."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and call.func.attr in ("create_index", "drop_index"):
        call.func.value = ast.Name(id="op")
        if call.func.attr == "create_index":
            call.args.insert(1, batch.args[0])
        else:
            call.keywords.append(ast.keyword(arg="table_name", value=batch.args[0]))
        return ast.unparse(call)
    return f"{ast.unparse(batch)}: {ast.unparse(statement)}"


def operations(body: str) -> str:
    # It is indented as in its function, but for the lines of long texts.
    tree = OneSpelling().visit(ast.parse(f"if True:\n    pass\n{body}"))
    lines = []
    for statement in tree.body[0].body:
        if isinstance(statement, ast.With):
            lines.extend(of_batch(statement.items[0].context_expr, inner) for inner in statement.body)
        elif not isinstance(statement, ast.Pass):
            lines.append(ast.unparse(statement))
    return "\n".join(sorted(" ".join(line.split()) for line in lines))


def answer(operation: str, **arguments: str) -> str:
    if operation == "differences":
        return differences(**arguments)
    if operation == "autogenerate":
        return operations(generate(**arguments))
    if operation == "operations":
        return operations(**arguments)
    return run(operation, **arguments)


def main() -> None:
    answers = sys.stdout
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        try:
            with contextlib.redirect_stdout(sys.stderr):
                reply = {"ok": True, "output": answer(**json.loads(line))}
        except Exception:
            reply = {"ok": False, "output": traceback.format_exc()}
        print(json.dumps(reply), file=answers, flush=True)


main()
