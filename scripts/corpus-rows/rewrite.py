"""The law for the writer: what ormsync writes of a schema, Prisma's engine takes, its formatter
leaves as it is, and its diff finds nothing between the two, in either direction.

On MySQL the engine in the npm packages has no diff. There its own reading of the two schemas (the
DMMF) must say the same of the database, and `ormsync diff` must find nothing.
"""

import json
import re
import tempfile
from pathlib import Path

import asked
import engine
import rows

# What a field without `@db.` is on MySQL, as Prisma's documentation of the connector says.
MYSQL_TYPES = {
    "String": ["VarChar", ["191"]], "Boolean": ["TinyInt", ["1"]], "Int": ["Int", []], "BigInt": ["BigInt", []],
    "Float": ["Double", []], "Decimal": ["Decimal", ["65", "30"]], "DateTime": ["DateTime", ["3"]],
    "Json": ["Json", []], "Bytes": ["LongBlob", []],
}
# Without an argument these have the digits that the server takes.
DIGITS = {"Timestamp": ["0"], "DateTime": ["0"], "Time": ["0"], "Decimal": ["65", "30"]}
IN_THE_DATABASE = ("now", "autoincrement", "dbgenerated")
EMULATED = re.compile(r'^\s*(?:relationMode|referentialIntegrity)\s*=\s*"prisma"', re.MULTILINE)


def judge(row: rows.Row, source: str, texts: list) -> None:
    """The verdict goes into the row: "same", or what is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        file, why = asked.rewritten(source, Path(folder))
        if file is None:
            row.rewrite, row.rewrite_why = "not written", [why]
            return
        text = file.read_text(encoding="utf-8")
        written = [["schema.prisma", text]]
        valid, message = engine.ask("validate", written)
        if not valid:
            row.rewrite, row.rewrite_why = "refused", [message]
            return
        _, formatted = engine.ask("format", written)
        if formatted != text:
            row.rewrite, row.rewrite_why = "not formatted", lines_apart(text, formatted)
            return
        apart = asked.differences(source, f"prisma:{file}")
        apart += dmmf_apart(texts, written) if row.provider == "mysql" else steps(texts, written)
    row.rewrite, row.rewrite_why = ("differs", apart) if apart else ("same", [])


def lines_apart(one: str, other: str) -> list:
    return [f"{a!r} formatted: {b!r}" for a, b in zip(one.splitlines(), other.splitlines()) if a != b][:20]


def steps(texts: list, written: list) -> list:
    """What the engine would do to lead one schema to the other, both ways."""
    found = []
    for one, other in ((texts, written), (written, texts)):
        done, answer = engine.ask("between", one, other)
        if not done:
            found.append(answer)
        elif answer.strip() != "-- This is an empty migration.":
            found += [line for line in answer.splitlines() if line.strip() and not line.startswith("--")]
    return found


def dmmf_apart(texts: list, written: list) -> list:
    """Where the engine reads different databases out of the two schemas."""
    one, other = ({} for _ in range(2))
    for files, into in ((texts, one), (written, other)):
        done, answer = engine.ask("dmmf", files)
        if not done:
            return [answer]
        # Emulated relations are the client's own affair: the database has no foreign keys.
        has_keys = not any(EMULATED.search(text) for _, text in texts)
        into.update(facts(json.loads(answer)["datamodel"], has_keys))
    return [f"{key}: {one.get(key)} and {other.get(key)}" for key in sorted({*one, *other}) if one.get(key) != other.get(key)]


def facts(datamodel: dict, has_keys: bool) -> dict:
    """What a DMMF says of the database, by place; what only the client sees is left out."""
    models = {model["name"]: model for model in datamodel["models"]}
    enums = {each["name"]: each for each in datamodel["enums"]}
    tables = {name: in_database(model) for name, model in models.items()}
    columns = {
        (name, field["name"]): in_database(field) for name, model in models.items() for field in model["fields"]
    }
    found = {}
    for name, model in models.items():
        for field in model["fields"]:
            if field["kind"] in ("scalar", "enum", "unsupported"):
                found[f"{tables[name]}.{columns[name, field['name']]}"] = column(field, enums)
            elif has_keys and field.get("relationFromFields"):
                place = [columns[name, each] for each in field["relationFromFields"]]
                found[f"{tables[name]} refers by {place}"] = reference(field, model, tables, columns)
    for index in datamodel.get("indexes", []):
        name = index["model"]
        parts = [
            [columns.get((name, part["name"]), part["name"]), part.get("sortOrder"), part.get("length")]
            for part in index["fields"]
        ]
        found[f"{tables[name]} {index['type']} {parts}"] = index.get("algorithm")
    return found


def in_database(thing: dict) -> str:
    return thing.get("dbName") or thing["name"]


def column(field: dict, enums: dict) -> list:
    """Type, list, required, and the default where the database has it."""
    type_ = field["type"]
    native = list(field.get("nativeType") or MYSQL_TYPES.get(type_) or ())
    if native and not native[1]:
        native[1] = DIGITS.get(native[0], [])
    if type_ == "Boolean" and native[0] == "TinyInt":
        # The engine writes BOOLEAN for it, with the native type and without.
        native = MYSQL_TYPES["Boolean"]
    if type_ in enums:
        # MySQL has no named enums: a column lists the values.
        type_ = [in_database(value) for value in enums[type_]["values"]]
    default = field.get("default")
    if isinstance(default, dict):
        default = [default["name"], default["args"]] if default["name"] in IN_THE_DATABASE else None
    elif default is not None and field["kind"] == "enum":
        default = next(in_database(value) for value in enums[field["type"]]["values"] if value["name"] == default)
    # The type of a scalar is in its native type: `Boolean` and `Int @db.TinyInt(1)` are one column.
    return [native or type_, field["isList"], field["isRequired"], str(default)]


def reference(field: dict, model: dict, tables: dict, columns: dict) -> list:
    """What a foreign key leads to, and what happens on deletion and update."""
    optional = all(
        not each["isRequired"] for each in model["fields"] if each["name"] in field["relationFromFields"]
    )
    actions = (
        field.get("relationOnDelete") or ("SetNull" if optional else "Restrict"),
        field.get("relationOnUpdate") or "Cascade",
    )
    # InnoDB checks both at once: one action in two words.
    actions = ["Restrict" if action == "NoAction" else action for action in actions]
    return [tables[field["type"]], [columns[field["type"], each] for each in field["relationToFields"]], *actions]
