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

sqlalchemy_install() {
  python_environment sqlalchemy-2.1 && python_environment sqlalchemy-2.0 && python_environment sqlalchemy-1.4
}
