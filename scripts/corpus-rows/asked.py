"""The program under test, each question in a process of its own."""

import json
import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path

import rows

TIMEOUT = 120  # seconds that one question may take
MEMORY = 4 << 30  # bytes that the program may ask for


def ormsync(*arguments) -> subprocess.CompletedProcess:
    return subprocess.run(
        [os.environ["ORMSYNC"], *arguments], capture_output=True, text=True, timeout=TIMEOUT, cwd="/",
        preexec_fn=limit_memory,
    )


def limit_memory() -> None:
    """A reader that grows without bound is a crash, and not the end of the machine."""
    granted = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = MEMORY if granted == resource.RLIM_INFINITY else min(MEMORY, granted)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def compare_models(row: rows.Row, models: list, database: str) -> None:
    """`compare` for SQLAlchemy models in several files, which only a configuration can name."""
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "ormsync.toml"
        configuration.write_text(
            f"dialect = {json.dumps(row.provider)}\n[sqlalchemy]\nmodels = {json.dumps([str(each) for each in models])}\n"
            f"[database]\nurl = {json.dumps(database)}\n",
            encoding="utf-8",
        )
        compare(row, "sqlalchemy", "database", "--config", str(configuration))


def compare(row: rows.Row, source: str, database: str, *options: str) -> None:
    """`ormsync diff` between the source and the database made of it; any difference counts."""
    start = time.monotonic()
    run = ormsync("diff", source, database, "--format", "json", "--fail-on", "note", *options)
    row.milliseconds = round(1000 * (time.monotonic() - start))
    report = read_report(row, run)
    if report is None:
        return
    coverage = report["sources"][0].get("coverage", {}) if report["sources"] else {}
    said = sum("-opaque" in each for each in row.diagnostics)
    row.opaque, row.columns = max(coverage.get("opaque", 0), said), coverage.get("columns", 0)
    row.findings = findings(report)
    row.differences = len(row.findings)
    row.ours = rows.DIFFERS if row.findings else rows.IN_STEP
    if not row.columns:
        row.ours, row.why = rows.NOT_JUDGED, "nothing could be read that could be compared"
    if any(each["severity"] == "error" for each in report["diagnostics"]):
        row.ours, row.why = rows.REFUSED, row.diagnostics[0]


def differences(one: str, other: str) -> list:
    """What `ormsync diff` finds between two sources; an answer that is none is told as a difference."""
    run = ormsync("diff", one, other, "--format", "json", "--fail-on", "note")
    try:
        report = json.loads(run.stdout)
    except ValueError:
        return [f"no report, exit {run.returncode}: {run.stderr.strip()[:300]}"]
    refused = [each["message"] for each in report["diagnostics"] if each["severity"] == "error"]
    return findings(report) + refused


def findings(report: dict) -> list:
    return [f"{found['severity']} {found['rule']} {found['at']}: {found['headline']}" for found in report["findings"]]


def read_alone(row: rows.Row, source: str) -> None:
    """Whether ours takes the schema, when there is no database to compare it with."""
    report = read_report(row, ormsync("diff", source, source, "--format", "json"))
    if report is not None:
        refused = any(each["severity"] == "error" for each in report["diagnostics"])
        row.ours = rows.REFUSED if refused else rows.NOT_JUDGED


def rewritten(source: str, folder: Path) -> tuple:
    """The source as ormsync writes it in Prisma's language: the file, or none and why."""
    file = folder / "schema.prisma"
    run = ormsync("inspect", source, "--format", "prisma", "--output", str(file))
    if run.returncode or not file.exists():
        return None, f"exit {run.returncode}: {run.stderr.strip()[:300]}"
    return file, ""


def read_report(row: rows.Row, run: subprocess.CompletedProcess) -> dict | None:
    """The JSON report; none, with the reason in the row, when there is none."""
    try:
        report = json.loads(run.stdout)
    except ValueError:
        row.ours, row.why = "crashed", f"exit {run.returncode}: {run.stderr.strip()[:300]}"
        return None
    row.diagnostics = [
        f"{each['severity']} {each.get('code', '')}: {each['message']} ({each.get('file', '')}:{each.get('line', '')})"
        for each in sorted(report["diagnostics"], key=lambda each: each["severity"] != "error")
    ]
    return report
