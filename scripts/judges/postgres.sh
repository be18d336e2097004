# shellcheck shell=bash
# PostgreSQL, from Debian's packages: a private cluster, user postgres, no password.

postgres_programs() {
  local program
  program=$(command -v initdb) || program=$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -1)
  [ -n "$program" ] && dirname "$program"
}

# The server refuses to run as root, so root steps down to the package's own user.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    (cd / && exec runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

postgres_install() {
  # The pooler between us and the server in some tests.
  command -v pgbouncer >/dev/null || install_packages pgbouncer || return 1
  if given postgres; then
    command -v psql >/dev/null || install_packages postgresql-client
  else
    { command -v psql >/dev/null && [ -n "$(postgres_programs)" ]; } || install_packages postgresql || return 1
    command -v openssl >/dev/null || install_packages openssl
  fi
}

postgres_start_on() {
  local run=$1 port=$2 programs
  programs=$(postgres_programs)
  # No socket file (its path may be too long), nothing flushed to disk.
  as_postgres "$programs/pg_ctl" --pgdata="$run/data" --log="$run/log" --wait --timeout=60 --silent \
    --options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories='' \
      -c ssl=on -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300" \
    start </dev/null >/dev/null || {
    tail -5 "$run/log" >&2
    return 1
  }
}

# Two roles that tests make are let in only by password, and one of them only by TLS;
# everybody else comes in as they are. The certificate is signed by nobody.
postgres_doors() {
  local run=$1
  as_postgres openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
    -keyout "$run/data/server.key" -out "$run/data/server.crt" >"$run.openssl.log" 2>&1 || {
    tail -5 "$run.openssl.log" >&2
    return 1
  }
  as_postgres tee "$run/data/pg_hba.conf" >/dev/null <<END
hostssl   all ormsync_tls      127.0.0.1/32 scram-sha-256
hostnossl all ormsync_tls      127.0.0.1/32 reject
host      all ormsync_password 127.0.0.1/32 scram-sha-256
host      all all              127.0.0.1/32 trust
END
}

postgres_start() {
  local run=$1
  mkdir -p "$run"
  # The whole path must be open to the user it runs as.
  [ "$(id -u)" != 0 ] || chown postgres: "$run"
  as_postgres "$(postgres_programs)/initdb" --pgdata="$run/data" --auth=trust --username=postgres \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$run.initdb.log" 2>&1 || {
    tail -5 "$run.initdb.log" >&2
    return 1
  }
  postgres_doors "$run" || return 1
  start_on_free_port postgres_start_on "$run"
}

postgres_stop() {
  local run=$1
  [ -f "$run/data/postmaster.pid" ] || return 0
  as_postgres "$(postgres_programs)/pg_ctl" --pgdata="$run/data" --mode=immediate --wait --silent stop >/dev/null
}

postgres_url() { echo "postgresql://postgres@127.0.0.1:$1/postgres"; }
