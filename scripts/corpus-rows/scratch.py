"""A database for one row, dropped after it."""

import contextlib
import itertools
import os
import sqlite3
import tempfile
from urllib.parse import urlsplit

import psycopg
import pymysql
from pymysql.constants import CLIENT

SERVERS = {"postgresql": "ORMSYNC_TEST_POSTGRES", "mysql": "ORMSYNC_TEST_MYSQL", "mariadb": "ORMSYNC_TEST_MARIADB"}
COUNT = itertools.count()


class Scratch:
    """Its URL, and how to run a script on it."""

    def __init__(self, dialect: str, url: str):
        self.dialect, self.url = dialect, url

    def execute(self, script: str) -> None:
        """Runs a script; raises what the server says."""
        if self.dialect == "sqlite":
            with contextlib.closing(sqlite3.connect(self.url.removeprefix("sqlite:"))) as connection:
                connection.executescript(script)
        elif self.dialect == "postgresql":
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute(script)
        else:
            run_on_mysql(self.url, script)


def run_on_mysql(url: str, script: str) -> None:
    parts = urlsplit(url)
    connection = pymysql.connect(
        host=parts.hostname, port=parts.port, user=parts.username, password=parts.password or "",
        database=parts.path.strip("/") or None, client_flag=CLIENT.MULTI_STATEMENTS, autocommit=True,
    )
    with connection, connection.cursor() as cursor:
        cursor.execute(script)
        # An error of a later statement is only told when its result is asked for.
        while cursor.nextset():
            pass


@contextlib.contextmanager
def scratch(dialect: str):
    """An empty database."""
    if dialect == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:{folder}/scratch.sqlite"
            database = Scratch(dialect, url)
            database.execute("PRAGMA user_version = 0")
            yield database
        return
    server = os.environ.get(SERVERS[dialect])
    if not server:
        raise RuntimeError(f"no {dialect} server: {SERVERS[dialect]} is not set")
    name = f"corpus_{os.getpid()}_{next(COUNT)}"
    on_server = Scratch(dialect, server)
    on_server.execute(f"CREATE DATABASE {name}")
    try:
        yield Scratch(dialect, urlsplit(server)._replace(path=f"/{name}").geturl())
    finally:
        on_server.execute(f"DROP DATABASE {name}" + (" WITH (FORCE)" if dialect == "postgresql" else ""))
