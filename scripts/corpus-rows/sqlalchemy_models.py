"""The law for SQLAlchemy: what is read of the source equals the database that `create_all` makes.

The packages are rows of packages.toml. Each is installed into a virtual environment of its own, outside
this tree (${TMPDIR:-/tmp}/ormsync-corpus/NAME), which is deleted after its judgement unless
CORPUS_KEEP is set. ormsync sees only the source; the judge imports it.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import asked
import repository
import rows
from scratch import scratch

MAKE_TABLES = Path(__file__).with_name("make_tables.py")
PACKAGES = Path(__file__).with_name("packages.toml")
PLACE = Path(tempfile.gettempdir()) / "ormsync-corpus"
DRIVERS = ["sqlalchemy", "psycopg[binary]", "psycopg2-binary", "pymysql", "cryptography"]
INSTALL_TIMEOUT = 900
# Imports of some packages are slow, all the more on a busy machine.
IMPORT_TIMEOUT = 600
# Dependencies that say that a package has to do with tables.
USES = re.compile("sqlalchemy|sqlmodel|^oslo[.-]db|^neutron-lib|^invenio-db", re.IGNORECASE)
DIALECTS = ("postgresql", "mysql", "sqlite")


def rows_for(name: str):
    """One row for each dialect."""
    package = described(name)
    try:
        python, root = installed(package)
    except Exception as error:  # a package that can't be had is a row
        yield rows.Row(name=name, why=f"not installed: {error}".replace("\n", " "))
        return
    for dialect in chosen_dialects(package):
        row = rows.Row(name=package["name"], provider=dialect)
        try:
            judge(row, package, python, root)
        except Exception as error:  # whatever went wrong is this row's, and no other's
            row.ours, row.why = rows.NOT_JUDGED, f"{type(error).__name__}: {error}".replace("\n", " ")
        yield row
    if "CORPUS_KEEP" not in os.environ and "folder" not in package:
        shutil.rmtree(python.parents[1], ignore_errors=True)


def chosen_dialects(package: dict) -> list:
    """Those that the project supports; CORPUS_DIALECTS=first is one of them, for a quick look."""
    supported = package.get("dialects", DIALECTS)
    wanted = os.environ.get("CORPUS_DIALECTS", ",".join(supported))
    return supported[:1] if wanted == "first" else [each for each in supported if each in wanted.split(",")]


def all_names() -> list:
    """Every package of the list."""
    return [each["name"] for each in tomllib.loads(PACKAGES.read_text())["package"]]


def described(name: str) -> dict:
    """A row of the list, or one made of a file or package on the disk, or of PACKAGE:MODULE."""
    if Path(name).exists():
        models = Path(name).resolve()
        found = {"name": name, "folder": models.parent, "modules": [models.stem + (".*" if models.is_dir() else "")]}
        # An absolute path, which takes the place of the folder before it.
        return found | ({"alembic": os.environ["CORPUS_ALEMBIC"]} if "CORPUS_ALEMBIC" in os.environ else {})
    for each in tomllib.loads(PACKAGES.read_text())["package"]:
        if each["name"] == name:
            return each
    package, _, module = name.partition(":")
    return {"name": package, "modules": [module or package.replace("-", "_")]}


def installed(package: dict) -> tuple:
    """Its Python, and the folder that imports start from."""
    if "folder" in package:
        return Path(sys.executable), package["folder"]
    place = PLACE / package["name"].replace("/", "+")
    python = place / "bin/python"
    if not (place / "complete").exists():
        uv = the_installer()
        run([uv, "venv", "-q", "--clear", "--python", package.get("python", "3.12"), place])
        wanted = package.get("package", package["name"]) + ("==" + package["version"] if "version" in package else "")
        install = [uv, "pip", "install", "-q", "--python", python]
        if "repository" in package:
            repository.check_out(package, place / "source")
            run([*install, *package.get("needs", []), "alembic", *DRIVERS])
        elif "needs" in package:
            run([*install, "--no-deps", wanted])
            run([*install, *package["needs"], *DRIVERS])
        else:
            run([*install, wanted, *package.get("also", []), *DRIVERS])
        (place / "complete").touch()
    if "repository" in package:
        return python, place / "source" / package.get("root", "")
    return python, next(place.glob("lib/python*/site-packages"))


def the_installer() -> Path:
    """uv, in an environment of its own: it shares the files of packages between environments."""
    uv = PLACE / ".uv/bin/uv"
    if not uv.exists():
        run([sys.executable, "-m", "venv", "--clear", uv.parents[1]])
        run([uv.with_name("python"), "-m", "pip", "install", "-q", "uv"])
    return uv


def run(command: list) -> None:
    """Runs an installer; raises the end of what it says."""
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_HTTP_TIMEOUT": "180"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_TIMEOUT, env=environment)
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-400:])


def source_view(package: dict, root: Path, folder: Path) -> Path:
    """A folder with links to the source of the package and of those of its dependencies that use SQLAlchemy
    themselves: what a project's reader has to look at, without the hundreds that have no models."""
    if "folder" in package or "repository" in package:
        return root
    view = folder / "site-packages"
    view.mkdir()
    own = package.get("package", package["name"]).partition("[")[0]
    for information in root.glob("*.dist-info"):
        name = information.name.removesuffix(".dist-info")
        if name.lower().startswith("sqlalchemy-"):
            (view / information.name).symlink_to(information)
            continue
        said = (information / "METADATA").read_text(encoding="utf-8", errors="replace")
        needed = re.findall(r"^Requires-Dist: ([\w.-]+)", said, re.MULTILINE | re.IGNORECASE)
        is_own = plain(name.rpartition("-")[0]) == plain(own)
        if not is_own and not any(USES.search(each) for each in needed):
            continue
        for line in (information / "RECORD").read_text(encoding="utf-8").splitlines():
            top = line.partition(",")[0].partition("/")[0]
            link = view / top
            if not top.startswith("..") and not top.endswith(".dist-info") and (root / top).exists() and not link.exists():
                link.symlink_to(root / top)
    return view


def plain(name: str) -> str:
    """A distribution's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def models_of(package: dict, root: Path) -> list:
    """The files and folders that ormsync is given."""
    if "models" in package:
        return [root / each for each in package["models"]]
    found = []
    for module in package["modules"]:
        inside = root / module.partition(":")[0].removesuffix(".*").replace(".", "/")
        is_tree = inside.is_dir() and module.partition(":")[0].endswith(".*")
        if is_tree:
            found.append(inside)
        elif inside.is_dir():
            found.append(inside / "__init__.py")
        else:
            found.append(inside.with_suffix(".py"))
    return found


def judge(row: rows.Row, package: dict, python: Path, root: Path) -> None:
    """Has the real SQLAlchemy make the tables, and compares."""
    environment = {
        **os.environ, "CORPUS_PRELUDE": package.get("prelude", ""), "CORPUS_FINALE": package.get("finale", ""),
    }
    paths = [str(root), *filter(None, [os.environ.get("PYTHONPATH")])]
    with scratch(row.provider) as database, tempfile.TemporaryDirectory() as elsewhere:
        if extensions := package.get("extensions", []):
            if row.provider == "postgresql":
                for extension in extensions:
                    database.execute(f'CREATE EXTENSION IF NOT EXISTS "{extension}"')
        made = subprocess.run(
            [python, MAKE_TABLES, database.url, *what_makes_them(package, root)],
            capture_output=True, text=True, timeout=IMPORT_TIMEOUT, cwd=elsewhere,
            env={**environment, "HOME": elsewhere, "PYTHONPATH": os.pathsep.join(paths)},
        )
        if made.returncode:
            # What the server or the import refuses says nothing about our reading.
            row.engine, row.why, row.ours = "no tables", told(made.stderr), rows.NOT_JUDGED
            return
        row.engine, row.models = "valid", int(made.stdout.split()[-1])
        view = source_view(package, root, Path(elsewhere))
        asked.compare_models(row, models_of(package, view), database.url)


def what_makes_them(package: dict, root: Path) -> list:
    """The modules to import, or the revisions of a project that can't be imported."""
    if "alembic" in package:
        return [f"alembic:{root / package['alembic']}"]
    return package["modules"]


def told(trace: str) -> str:
    """The line of a traceback that says what went wrong."""
    lines = [line for line in trace.strip().splitlines() if line and not line.startswith(("[SQL", "(Background", " "))]
    said = [line for line in lines if "Error" in line or "Exception" in line]
    return (said or lines or ["nothing said"])[-1][:300]
