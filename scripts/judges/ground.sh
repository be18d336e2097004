# shellcheck shell=bash
# The ground every script here stands on: where things are kept, how a message
# looks, which judge is waived. Sourced, never run.

# Debian keeps servers where a normal user's PATH does not look.
PATH=$PATH:/usr/sbin:/sbin

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
judges=${ORMSYNC_JUDGES:-${XDG_CACHE_HOME:-$HOME/.cache}/ormsync-judges}
# Where `up` puts the servers' data when nothing else is said. Not the cache: the users that
# PostgreSQL and MariaDB run as can't pass through root's home.
default_run=${TMPDIR:-/tmp}/ormsync-servers-$(id -u)
without=${ORMSYNC_TEST_WITHOUT:-}
all_judges=(postgres postgres-newest mariadb mysql sqlalchemy prisma chromium)
# Those of them that run, and are stopped again.
all_servers=(postgres postgres-newest mariadb mysql)

say() { printf '%s\n' "$*" >&2; }
step() { printf '\n==> %s\n' "$*" >&2; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# What a judge can lack when it is handed in, and can be gone without too: rules for two roles in pg_hba.conf.
more_waivers=(postgres-doors)

# waived JUDGE: whether ORMSYNC_TEST_WITHOUT names it.
waived() { [[ ",$without," == *",$1,"* ]]; }

# A misspelt name would waive nothing and say nothing, so it is an error.
check_waivers() {
  local name
  for name in ${without//,/ }; do
    [[ " ${all_judges[*]} ${more_waivers[*]} " == *" $name "* ]] ||
      die "ORMSYNC_TEST_WITHOUT names '$name', which is no judge; it can name: ${all_judges[*]} ${more_waivers[*]}"
  done
}

# The variable through which the user can hand in a server of their own.
server_variable() {
  local name=${1//-/_}
  echo "ORMSYNC_TEST_${name^^}"
}

# given SERVER: whether the user handed that server in.
given() {
  local variable
  variable=$(server_variable "$1")
  [ -n "${!variable:-}" ]
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# A loopback port that nothing answers on. Below 32768, where Linux takes the
# ports of outgoing connections from; the caller tries again if it is taken meanwhile.
free_port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    answers "$port" || break
  done
  echo "$port"
}

# stop_process PID NAME: ends it and waits until it is gone.
stop_process() {
  local attempt
  kill -TERM "$1" 2>/dev/null || return 0
  for attempt in {1..200}; do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.1
  done
  say "warning: $2 (process $1) did not stop within 20 s; killing it (try $attempt)"
  kill -KILL "$1" 2>/dev/null || true
}

# wait_for_port PORT PID LOG: until it answers; fails when the process ended or 60 s passed.
wait_for_port() {
  local attempt
  for attempt in {1..600}; do
    kill -0 "$2" 2>/dev/null || return 1
    answers "$1" && return 0
    sleep 0.1
  done
  say "no answer on port $1 after 60 s (try $attempt); see $3"
  return 1
}

# start_on_free_port FUNCTION RUN: calls FUNCTION RUN PORT, with another port when
# the first was taken by somebody else between the look and the start.
start_on_free_port() {
  local port attempt
  for attempt in 1 2 3; do
    port=$(free_port)
    if "$1" "$2" "$port"; then
      echo "$port" >"$2/port"
      return 0
    fi
    say "attempt $attempt on port $port failed"
  done
  return 1
}

# as_administrator COMMAND…: as root, by sudo where that needs no password typed in.
as_administrator() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo -n --preserve-env=DEBIAN_FRONTEND "$@"
  else
    say "this needs root, and sudo is missing or wants a password: $*"
    return 1
  fi
}

# A fresh server package starts a server of its own on the standard port. Nobody
# asked for that, so Debian's switch is held down while packages are installed.
policy=/usr/sbin/policy-rc.d

# install_packages PACKAGE…: by apt, without starting services.
install_packages() {
  command -v apt-get >/dev/null || {
    say "apt-get is missing: install by hand what these Debian packages hold: $*"
    return 1
  }
  say "installing by apt: $*"
  local held=no result=0
  export DEBIAN_FRONTEND=noninteractive
  if [ ! -e "$policy" ]; then
    held=yes
    as_administrator sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy" || return 1
  fi
  {
    as_administrator apt-get update -qq </dev/null &&
      as_administrator apt-get install -qq -y --no-install-recommends "$@" </dev/null
  } >"$judges/apt.log" 2>&1 || result=$?
  [ "$held" = no ] || as_administrator rm -f "$policy"
  [ "$result" = 0 ] || {
    tail -15 "$judges/apt.log" >&2
    say "apt could not install: $*"
  }
  return "$result"
}

# fingerprint FILE…: of their contents, so that a changed pin is installed anew.
fingerprint() { cat "$@" | sha256sum | cut -d' ' -f1; }
