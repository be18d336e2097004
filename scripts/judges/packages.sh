# shellcheck shell=bash
# Packages of npm and PyPI that ship a schema.prisma, and some with migrations: real schemas and histories, for
# tests/packages.rs and tests/histories/packages.rs. Part of the
# judge `prisma`, which says whether we read them rightly.

# The text of a package is all that is wanted: nothing of it is run, and what it depends on stays away.
# npm_packages FOLDER PINS PATTERN…: the files of each that are called so.
npm_packages() {
  local folder=$1 pins=$2 name integrity file
  shift 2
  while read -r name integrity; do
    [[ $name != "#"* && -n $name ]] || continue
    file=$folder/$(cd "$folder" && PATH=$judges/bin:$PATH npm pack --silent --ignore-scripts "$name" </dev/null) || return 1
    "$judges/bin/node" -e '
      const [file, wanted] = process.argv.slice(1);
      const digest = require("crypto").createHash("sha512").update(require("fs").readFileSync(file)).digest("base64");
      process.exit(`sha512-${digest}` === wanted ? 0 : 1);' "$file" "$integrity" || {
      say "$name is not the package that was pinned: its integrity is another"
      return 1
    }
    mkdir -p "$folder/npm/${name%@*}"
    tar -xzf "$file" -C "$folder/npm/${name%@*}" --strip-components=1 --wildcards "$@" 2>/dev/null
    [ -n "$(find "$folder/npm/${name%@*}" -type f -print -quit)" ] || return 1
    rm "$file"
  done <"$pins"
}

# Always the same wheel, whatever machine this is: it is only unpacked.
python_packages() {
  local folder=$1 pins=$2
  python_install || return 1
  python3 -m venv "$folder/pip" &&
    "$folder/pip/bin/python" -m pip download --quiet --no-input --disable-pip-version-check --no-deps --require-hashes \
      --only-binary :all: --platform manylinux_2_28_x86_64 --python-version 3.12 --dest "$folder/wheels" \
      --requirement "$pins" &&
    "$folder/pip/bin/python" -c '
import pathlib, sys, zipfile
for wheel in pathlib.Path(sys.argv[1]).glob("*.whl"):
    with zipfile.ZipFile(wheel) as archive:
        wanted = (".prisma", "/migration.sql", "/migration_lock.toml")
        files = [name for name in archive.namelist() if name.endswith(wanted)]
        archive.extractall(pathlib.Path(sys.argv[2], wheel.name.split("-")[0]), files)
' "$folder/wheels" "$folder/pypi" &&
    rm -rf "$folder/pip" "$folder/wheels"
}

packages_install() {
  local folder=$judges/packages pins=$repository/scripts/judges/packages wanted
  wanted=$(fingerprint "$pins/npm.txt" "$pins/npm-histories.txt" "$pins/pypi.txt" "$repository/scripts/judges/packages.sh")
  [ "$(cat "$folder/.ready" 2>/dev/null)" != "$wanted" ] || return 0
  say "fetching by npm and pip: packages that ship a Prisma schema"
  rm -rf "$folder"
  mkdir -p "$folder"
  npm_packages "$folder" "$pins/npm.txt" '*.prisma' '*/migration.sql' '*/migration_lock.toml' &&
    npm_packages "$folder" "$pins/npm-histories.txt" '*/migration.sql' '*/migration_lock.toml' &&
    python_packages "$folder" "$pins/pypi.txt" || return 1
  echo "$wanted" >"$folder/.ready"
}
