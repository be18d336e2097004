# shellcheck shell=bash
# Prisma's own schema engine, as WebAssembly out of the pinned npm packages, and a
# Node.js new enough to run it ($judges/bin/node); and the packages whose schemas it judges.
source "${BASH_SOURCE[0]%/*}/packages.sh"

# What Prisma 7 says in its package's `engines`.
node_is_new_enough() {
  "$1" -e 'const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major >= 24 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)' 2>/dev/null
}

node_install() {
  mkdir -p "$judges/bin"
  [ -x "$judges/bin/node" ] && node_is_new_enough "$judges/bin/node" && [ -x "$judges/bin/npm" ] && return 0
  if command -v npm >/dev/null && node_is_new_enough node; then
    ln -sf "$(command -v node)" "$judges/bin/node"
    ln -sf "$(command -v npm)" "$judges/bin/npm"
    return 0
  fi
  # Debian's npm would bring hundreds of packages and an older Node.js.
  python_environment node || return 1
  ln -sf "$judges/node/bin/node" "$judges/bin/node"
  ln -sf "$judges/node/bin/npm" "$judges/bin/npm"
}

prisma_install() {
  engine_install && packages_install
}

engine_install() {
  local folder=$judges/prisma pins=$repository/scripts/judges/prisma wanted
  node_install || return 1
  wanted=$(fingerprint "$pins/package.json" "$pins/package-lock.json" "${BASH_SOURCE[0]}")
  [ "$(cat "$folder/.ready" 2>/dev/null)" != "$wanted" ] || return 0
  say "installing by npm: the Prisma engine"
  rm -rf "$folder"
  mkdir -p "$folder"
  cp "$pins/package.json" "$pins/package-lock.json" "$folder/"
  # No package's own scripts are run: they would download native engines.
  (cd "$folder" && PATH=$judges/bin:$PATH npm ci --no-audit --no-fund --ignore-scripts \
    --omit=peer --loglevel=error </dev/null >install.log 2>&1) || {
    tail -15 "$folder/install.log" >&2
    return 1
  }
  echo "$wanted" >"$folder/.ready"
}
