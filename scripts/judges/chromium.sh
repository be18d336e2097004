# shellcheck shell=bash
# A headless Chromium from Debian's packages, which opens the audit's page as a reader's browser does, with what drives it
# and what judges whether everybody can use the page (axe-core), both pinned in scripts/judges/chromium.

chromium_install() {
  local folder=$judges/chromium pins=$repository/scripts/judges/chromium wanted program
  if ! chromium_program >/dev/null; then
    # The first has no windows and wants half as many packages.
    install_packages chromium-headless-shell || install_packages chromium || return 1
  fi
  program=$(chromium_program) || return 1
  node_install || return 1
  wanted=$(fingerprint "$pins/package.json" "$pins/package-lock.json" "${BASH_SOURCE[0]}")
  if [ "$(cat "$folder/.ready" 2>/dev/null)" != "$wanted" ]; then
    say "installing by npm: what drives Chromium, and axe-core"
    rm -rf "$folder"
    mkdir -p "$folder"
    cp "$pins/package.json" "$pins/package-lock.json" "$folder/"
    # No package's own scripts are run: they would download browsers.
    (cd "$folder" && PATH=$judges/bin:$PATH npm ci --no-audit --no-fund --ignore-scripts --loglevel=error \
      </dev/null >install.log 2>&1) || {
      tail -15 "$folder/install.log" >&2
      return 1
    }
    echo "$wanted" >"$folder/.ready"
  fi
  ln -sf "$program" "$judges/bin/chromium"
}

# Where Debian puts it.
chromium_program() {
  command -v chromium-headless-shell || command -v chromium
}
