# shellcheck shell=bash
# SQLAlchemy 2.1 and 2.0, each with Alembic and the drivers in a virtual environment; and 1.4 alone, the oldest
# that `extract = "import"` reads.

python_ready() { python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; }

python_install() {
  python_ready || install_packages python3 python3-venv || return 1
  python_ready || {
    say "python3 is older than 3.10, or has no venv module: $(command -v python3)"
    return 1
  }
}

# python_environment NAME: a virtual environment with exactly what python/NAME.txt says.
python_environment() {
  local folder=$judges/$1 pins=$repository/scripts/judges/python/$1.txt wanted
  wanted=$(fingerprint "$pins" "$repository/scripts/judges/python/requirements.txt")
  [ "$(cat "$folder/.ready" 2>/dev/null)" != "$wanted" ] || return 0
  python_install || return 1
  say "installing by pip: $1"
  rm -rf "$folder"
  # Called through the interpreter: the script `pip` names it in a line that may be too long.
  python3 -m venv "$folder" &&
    "$folder/bin/python" -m pip install --quiet --no-input --no-deps --disable-pip-version-check --requirement "$pins" &&
    echo "$wanted" >"$folder/.ready"
}

# Packages of PyPI that ship SQLAlchemy models, for tests/model_packages.rs: in a folder of their own, which is on
# the path of either version's Python only when they are imported.
model_packages_install() {
  local folder=$judges/model-packages pins=$repository/scripts/judges/packages/models.txt python=$judges/sqlalchemy-2.1/bin/python
  local wanted
  wanted=$(fingerprint "$pins")
  [ "$(cat "$folder/.ready" 2>/dev/null)" != "$wanted" ] || return 0
  say "installing by pip: packages that ship SQLAlchemy models"
  rm -rf "$folder"
  "$python" -m pip install --quiet --no-input --no-deps --disable-pip-version-check --require-hashes \
    --only-binary :all: --target "$folder" --requirement "$pins" &&
    # Scripts, and the pages of jupyterhub: more than all the rest.
    rm -rf "$folder/bin" "$folder/share" &&
    echo "$wanted" >"$folder/.ready"
}

# Packages of PyPI that ship Alembic's revisions, for tests/histories/packages.rs: only unpacked, each in a folder of its own.
history_packages_install() {
  local folder=$judges/history-packages pins=$repository/scripts/judges/packages/alembic-histories.txt wanted
  wanted=$(fingerprint "$pins" "$repository/scripts/judges/sqlalchemy.sh")
  [ "$(cat "$folder/.ready" 2>/dev/null)" != "$wanted" ] || return 0
  say "fetching by pip: packages that ship Alembic's revisions"
  rm -rf "$folder"
  mkdir -p "$folder/wheels"
  "$judges/sqlalchemy-2.1/bin/python" -m pip download --quiet --no-input --disable-pip-version-check --no-deps --require-hashes \
    --only-binary :all: --platform any --python-version 3.12 --dest "$folder/wheels" --requirement "$pins" &&
    python3 -c '
import pathlib, sys, zipfile
for wheel in pathlib.Path(sys.argv[1], "wheels").glob("*.whl"):
    with zipfile.ZipFile(wheel) as archive:
        files = [name for name in archive.namelist() if name.endswith((".py", ".ini", ".mako"))]
        archive.extractall(pathlib.Path(sys.argv[1], wheel.name.split("-")[0]), files)
' "$folder" &&
    rm -rf "$folder/wheels" &&
    echo "$wanted" >"$folder/.ready"
}

sqlalchemy_install() {
  python_environment sqlalchemy-2.1 && python_environment sqlalchemy-2.0 && python_environment sqlalchemy-1.4 &&
    model_packages_install && history_packages_install
}

sqlalchemy_versions=(2.1 2.0 1.4)

# ready_python_start VERSION RUN: a Python that has imported SQLAlchemy answers through RUN/bin/python.
ready_python_start() {
  local python=$judges/sqlalchemy-$1/bin/python run=$2 attempt
  local -a modules=(sqlalchemy.orm sqlalchemy.dialects.{postgresql,mysql,sqlite} copy json pkgutil traceback uuid)
  [ "$1" = 1.4 ] || modules+=(psycopg pymysql alembic.command)
  mkdir -p "$run/bin"
  setsid "$python" "$repository/scripts/judges/python/ready_server.py" "$run/bin/socket" "${modules[@]}" \
    </dev/null >"$run/log" 2>&1 &
  echo $! >"$run/process"
  {
    # Its own folder is the only thing the client imports from.
    echo "#!$python -ISE"
    cat "$repository/scripts/judges/python/ready_client.py"
  } >"$run/bin/python"
  chmod +x "$run/bin/python"
  for attempt in {1..300}; do
    [ ! -S "$run/bin/socket" ] || return 0
    kill -0 "$!" 2>/dev/null || break
    sleep 0.1
  done
  tail -5 "$run/log" >&2
  say "the Python of SQLAlchemy $1 does not answer (try $attempt)"
  return 1
}

# sqlalchemy_start RUN: one for each version, at RUN-VERSION.
sqlalchemy_start() {
  local version
  for version in "${sqlalchemy_versions[@]}"; do ready_python_start "$version" "$1-$version" || return 1; done
}

sqlalchemy_stop() {
  local version
  for version in "${sqlalchemy_versions[@]}"; do
    [ ! -f "$1-$version/process" ] || stop_process "$(cat "$1-$version/process")" "SQLAlchemy $version"
  done
}
