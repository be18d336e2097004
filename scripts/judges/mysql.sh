# shellcheck shell=bash
# A real Oracle MySQL. Debian's releases carry only MariaDB, its unstable suite has
# MySQL: the server and its libraries are taken from the mirror that apt is already
# configured with, and unpacked into the cache folder. Nothing is installed: apt's
# sources, its lists and dpkg's database stay as they are, and root is not needed.
# The version is what the suite carries (9.7 when this was written), not 8.0.

mysql_folder=$judges/mysql
mysql_suite=sid

# The mirror of this release's own main suite, not of -security or -updates.
mysql_mirror() {
  # shellcheck source=/dev/null
  apt-get indextargets --format '$(RELEASE)|$(COMPONENT)|$(REPO_URI)' 'Created-By: Packages' |
    awk -F'|' -v release="$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" \
      '($1 == release || $1 ~ /^(old)?stable$|^testing$|^unstable$|^sid$/) && $2 == "main" { print $3; exit }'
}

# mysql_apt_settings FOLDER: a private apt, with its own sources, lists and package database.
mysql_apt_settings() {
  local apt=$1 mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg architecture package
  architecture=$(dpkg --print-architecture)
  mirror=$(mysql_mirror)
  [ -n "$mirror" ] || {
    say "no Debian mirror in apt's configuration"
    return 1
  }
  mkdir -p "$apt"/{sources,lists/partial,cache/archives/partial}
  cat >"$apt/sources/mysql.sources" <<END
Types: deb
URIs: $mirror
Suites: $mysql_suite
Components: main
Architectures: $architecture
Signed-By: $keyring
END
  # What mysqld does not need at run time is told to apt as already there.
  for package in perl perl-base debconf libc-bin mysql-common; do
    printf 'Package: %s\nStatus: install ok installed\nMaintainer: none\nArchitecture: %s\nMulti-Arch: allowed\nVersion: 999\nDescription: stand-in\n\n' \
      "$package" "$architecture"
  done >"$apt/status"
  # A mirror that stands still at some day is good enough here: its signature is still checked.
  cat >"$apt/settings" <<END
Acquire::Check-Valid-Until "false";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Install-Pkgs;
Dir::Etc::sourcelist "/dev/null";
Dir::Etc::sourceparts "$apt/sources";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State::lists "$apt/lists";
Dir::State::status "$apt/status";
Dir::State::extended_states "$apt/extended_states";
Dir::Cache "$apt/cache";
APT::Sandbox::User "root";
APT::Install-Recommends "false";
APT::Architectures { "$architecture"; };
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::CNF::DefaultEnabled "false";
Acquire::Retries "3";
END
}

mysql_unpack() {
  local apt=$mysql_folder/apt log=$mysql_folder/install.log package
  rm -rf "$mysql_folder"
  mkdir -p "$mysql_folder/root"
  mysql_apt_settings "$apt" || return 1
  {
    apt-get -q -c "$apt/settings" update &&
      apt-get -q -y -c "$apt/settings" --download-only install mysql-server-core
  } >"$log" 2>&1 </dev/null || {
    tail -15 "$log" >&2
    return 1
  }
  for package in "$apt"/cache/archives/*.deb; do
    dpkg-deb --fsys-tarfile "$package" |
      tar --extract --directory="$mysql_folder/root" --no-same-owner --keep-directory-symlink \
        --exclude='./usr/share/doc*' --exclude='./usr/share/man*' --exclude='./usr/share/locale*' || return 1
  done
  rm -rf "$apt"
  mysql_settings && "${mysql_command[@]}" --version >"$mysql_folder/version"
}

mysql_install() {
  # Scripts are loaded into it by MariaDB's client, which speaks to both.
  mariadb_client_install || return 1
  given mysql && return 0
  if [ ! -s "$mysql_folder/version" ]; then
    say "unpacking MySQL from Debian's $mysql_suite suite"
    mkdir -p "$mysql_folder"
    mysql_unpack || {
      say "MySQL could not be had from Debian's $mysql_suite suite"
      return 1
    }
  fi
  mysql_settings
}

# Sets mysql_command from what was unpacked: the unstable suite's programs need the
# unstable suite's own loader and libraries.
mysql_settings() {
  local root=$mysql_folder/root loader libraries share plugins modules
  loader=$(find "$root" -name 'ld-linux-*.so.*' -type f -print -quit)
  libraries=$(find "$root"/usr/lib "$root"/lib* -maxdepth 2 -type d \
    \( -name '*-linux-gnu*' -o -path '*/mysql*/private' \) 2>/dev/null | paste -sd:) || true # not each suite has lib*
  share=$(find "$root/usr/share" -path '*/english/errmsg.sys' -print -quit)
  share=${share%/english/errmsg.sys}
  plugins=$(find "$root/usr/lib" -maxdepth 3 -type d -path '*/mysql*/plugin' -print -quit)
  modules=$(find "$root/usr/lib" -maxdepth 2 -type d -name ossl-modules -print -quit)
  { [ -x "$root/usr/sbin/mysqld" ] && [ -n "$loader" ] && [ -n "$share" ]; } || {
    say "$root does not hold a whole MySQL; remove $mysql_folder and run this again"
    return 1
  }
  mysql_command=(env LC_ALL=C "OPENSSL_MODULES=$modules" "$loader" --library-path "$libraries"
    "$root/usr/sbin/mysqld" --no-defaults "--basedir=$root/usr" "--lc-messages-dir=$share"
    "--character-sets-dir=$share/charsets" ${plugins:+"--plugin-dir=$plugins"})
  # Unlike PostgreSQL it only wants to be told that root is meant.
  [ "$(id -u)" != 0 ] || mysql_command+=(--user=root)
}

mysql_start_on() {
  local run=$1 port=$2
  # The two `loose` options give 8.0's rules for foreign keys back where the version
  # has them as options; a version without them only warns.
  setsid "${mysql_command[@]}" --datadir="$run/data" --bind-address=127.0.0.1 --port="$port" \
    --socket=socket --mysqlx=OFF --skip-name-resolve --skip-log-bin --log-error="$run/log" \
    --pid-file="$run/pid" --secure-file-priv= --max-connections=300 --back-log=600 \
    --innodb-buffer-pool-size=64M --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=OFF \
    --loose-restrict-fk-on-non-standard-key=OFF --loose-innodb-native-foreign-keys=ON \
    </dev/null >/dev/null 2>&1 &
  echo $! >"$run/process"
  wait_for_port "$port" $! "$run/log" || {
    tail -5 "$run/log" >&2
    return 1
  }
}

mysql_start() {
  local run=$1
  mkdir -p "$run"
  mysql_settings || return 1
  # Names are not resolved, so root@localhost alone could not come in over TCP.
  cat >"$run/accounts.sql" <<'END'
CREATE USER 'root'@'127.0.0.1' IDENTIFIED BY '';
GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;
GRANT PROXY ON ''@'' TO 'root'@'127.0.0.1' WITH GRANT OPTION;
END
  "${mysql_command[@]}" --datadir="$run/data" --initialize-insecure \
    --init-file="$run/accounts.sql" --log-error="$run/initialize.log" || {
    tail -5 "$run/initialize.log" >&2
    return 1
  }
  start_on_free_port mysql_start_on "$run"
}

mysql_stop() { [ ! -f "$1/process" ] || stop_process "$(cat "$1/process")" MySQL; }

mysql_url() { echo "mysql://root@127.0.0.1:$1/"; }
