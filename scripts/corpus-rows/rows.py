"""One row of the table for each project, the table, and its totals."""

import json
from dataclasses import asdict, dataclass, field

IN_STEP, DIFFERS, REFUSED, NOT_JUDGED = "in step", "differs", "refused", "not judged"
COMPARED = ("postgresql", "mysql", "sqlite")


@dataclass
class Row:
    """What was found out about one schema on one dialect."""

    name: str
    provider: str = "?"
    # Models that the Prisma schema defines, or tables that SQLAlchemy made.
    models: int = 0
    # What the real engine says of the schema: "valid", "refused", or that it could not be asked.
    engine: str = "-"
    # One of the four words above.
    ours: str = NOT_JUDGED
    differences: int = 0
    opaque: int = 0
    columns: int = 0
    milliseconds: int = 0
    # What the engine says of our rewrite: "same", or in a few words what is wrong, and the details.
    rewrite: str = "-"
    rewrite_why: list = field(default_factory=list)
    # The project's own migrations, and for each server the differences after them, or why they did not run.
    migrations: int = 0
    replay: dict = field(default_factory=dict)
    # Why there is no judgement, in a few words.
    why: str = ""
    findings: list = field(default_factory=list)
    diagnostics: list = field(default_factory=list)

    def agrees(self) -> bool:
        """Whether ours and the engine's word on validity are the same, where ours has one."""
        if self.provider not in COMPARED:
            return True
        return self.engine not in ("valid", "refused") or (self.engine == "refused") == (self.ours == REFUSED)


    def replayed(self) -> str:
        """The replay in a few words."""
        return ", ".join(
            f"{dialect} {'refused' if isinstance(found, str) else len(found)}" for dialect, found in self.replay.items()
        )


HEADINGS = ("name", "provider", "models", "engine", "ours", "differences", "opaque", "ms", "rewrite", "replay", "why")


def print_table(rows: list) -> None:
    """The table, and the totals under it."""
    cells = [HEADINGS]
    for row in rows:
        why = row.why if row.agrees() else f"DISAGREES: {row.why}"
        cells.append((row.name, row.provider, row.models, row.engine, row.ours, row.differences, row.opaque, row.milliseconds,
                      row.rewrite, row.replayed(), why))
    widths = [max(len(str(line[column])) for line in cells) for column in range(len(HEADINGS) - 1)]
    for line in cells:
        padded = [str(cell).ljust(width) for cell, width in zip(line, widths)]
        print("  ".join([*padded, str(line[-1])[:100]]).rstrip())
    print()
    print(totals(rows))


def totals(rows: list) -> str:
    """The totals in one line."""
    judged = [row for row in rows if row.ours in (IN_STEP, DIFFERS)]
    return (
        f"{len(rows)} schemas, {len(judged)} judged, "
        f"{sum(row.ours == IN_STEP for row in judged)} in step, {sum(row.ours == DIFFERS for row in judged)} with differences "
        f"({sum(row.differences for row in judged)}), {sum(row.ours == REFUSED for row in rows)} refused, "
        f"{sum(not row.agrees() for row in rows)} verdicts that disagree; "
        f"{sum(row.models for row in judged)} models, {sum(row.columns for row in judged)} columns, "
        f"{sum(row.opaque for row in judged)} opaque; "
        f"{sum(row.rewrite == 'same' for row in rows)} of {sum(row.rewrite != '-' for row in rows)} rewrites the same"
    )


def write_json(path: str, rows: list) -> None:
    """All rows, with their findings and diagnostics."""
    with open(path, "w", encoding="utf-8") as file:
        json.dump([asdict(row) for row in rows], file, indent=1)
