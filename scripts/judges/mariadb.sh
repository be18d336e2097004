# shellcheck shell=bash
# MariaDB, from Debian's packages: a private server, user root, no password.
# Its command-line client also loads scripts into MySQL.

mariadb_client_install() { command -v mariadb >/dev/null || install_packages mariadb-client; }

mariadb_install() {
  if given mariadb; then
    mariadb_client_install
  else
    { command -v mariadb >/dev/null && command -v mariadbd >/dev/null; } || install_packages mariadb-server
  fi
}

mariadb_start_on() {
  local run=$1 port=$2
  local -a user=()
  [ "$(id -u)" != 0 ] || user=(--user=mysql)
  # Debian's own configuration, which is not read here, sets the same character set.
  # The socket's path is relative to the data, so it can't be too long.
  # 300 knock at once in the tests, more than the default queue of 80 holds. (mysql.sh has the same.)
  setsid mariadbd --no-defaults "${user[@]}" --datadir="$run/data" --bind-address=127.0.0.1 --port="$port" \
    --socket=socket --pid-file="$run/data/pid" --log-error="$run/log" --skip-name-resolve --skip-log-bin \
    --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --innodb-buffer-pool-size=64M \
    --character-set-server=utf8mb4 --collation-server=utf8mb4_general_ci \
    --max-connections=300 --back-log=600 </dev/null >/dev/null 2>&1 &
  echo $! >"$run/process"
  wait_for_port "$port" $! "$run/log" || {
    tail -5 "$run/log" >&2
    return 1
  }
}

mariadb_start() {
  local run=$1
  local -a user=()
  mkdir -p "$run"
  if [ "$(id -u)" = 0 ]; then
    user=(--user=mysql)
    chown mysql: "$run"
  fi
  mariadb-install-db --no-defaults "${user[@]}" --datadir="$run/data" \
    --auth-root-authentication-method=normal --skip-test-db >"$run.install.log" 2>&1 || {
    tail -5 "$run.install.log" >&2
    return 1
  }
  start_on_free_port mariadb_start_on "$run"
}

mariadb_stop() { [ ! -f "$1/process" ] || stop_process "$(cat "$1/process")" MariaDB; }

mariadb_url() { echo "mysql://root@127.0.0.1:$1/"; }
