"""The law for SQLAlchemy: what is read of the source equals the database that `create_all` makes.

A package is installed into a virtual environment of its own, outside this tree, which is kept for
the next run: ${TMPDIR:-/tmp}/ormsync-corpus/NAME. ormsync sees only the source; the judge imports it.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import asked
import rows
from scratch import scratch

CREATE_ALL = Path(__file__).parents[2] / "tests/judges/create_all.py"
DRIVERS = ["sqlalchemy", "psycopg[binary]", "pymysql"]
INSTALL_TIMEOUT = 400


def rows_for(name: str):
    """One row for each dialect."""
    try:
        python, root, models = installed(name)
    except Exception as error:  # a package that can't be had is a row
        yield rows.Row(name=name, why=f"not installed: {error}".replace("\n", " "))
        return
    for dialect in ("postgresql", "mysql", "sqlite"):
        row = rows.Row(name=name, provider=dialect)
        try:
            judge(row, python, root, models)
        except Exception as error:  # whatever went wrong is this row's, and no other's
            row.ours, row.why = rows.NOT_JUDGED, f"{type(error).__name__}: {error}".replace("\n", " ")
        yield row


def installed(name: str) -> tuple:
    """Python, the folder that imports start from, and the models."""
    if Path(name).exists():
        models = Path(name).resolve()
        return Path(sys.executable), models.parent, models
    package, _, module = name.partition(":")
    place = Path(tempfile.gettempdir()) / "ormsync-corpus" / package
    python = place / "bin/python"
    if not (place / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", place], check=True, capture_output=True)
        run = subprocess.run(
            [python, "-m", "pip", "install", "-q", "--only-binary", ":all:", package, *DRIVERS],
            capture_output=True, text=True, timeout=INSTALL_TIMEOUT,
        )
        if run.returncode:
            raise RuntimeError(run.stderr.strip()[-200:])
        (place / "complete").touch()
    root = next(place.glob("lib/python*/site-packages"))
    inside = root / (module or package.replace("-", "_")).replace(".", "/")
    return python, root, inside if inside.is_dir() else inside.with_suffix(".py")


def judge(row: rows.Row, python: Path, root: Path, models: Path) -> None:
    with scratch(row.provider) as database, tempfile.TemporaryDirectory() as elsewhere:
        run = subprocess.run(
            [python, CREATE_ALL, "create", database.url, root, models],
            capture_output=True, text=True, timeout=asked.TIMEOUT, cwd=elsewhere,
        )
        if run.returncode:
            row.engine, row.why = "refused", run.stderr.strip().splitlines()[-1][:200]
            # What the server or the import refuses says nothing about our reading.
            row.ours = rows.NOT_JUDGED
            return
        row.engine = "valid"
        asked.compare(row, f"sqlalchemy:{models}", database.url)
