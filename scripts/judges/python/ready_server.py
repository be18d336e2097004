"""Answers for a Python that has SQLAlchemy imported already, so that thousands of tests need not wait for that.

usage: ready_server.py SOCKET [MODULE…]

Every call (see ready_client.py) gets a fork of this process: with the caller's arguments, folder, environment and
standard files it is what a Python just started would be, once the modules were imported.
"""

import gc
import importlib
import os
import signal
import socket
import sys
import traceback
import types


def receive(connection: socket.socket, length: int) -> bytes:
    parts = []
    while length:
        part = connection.recv(min(length, 1 << 20))
        if not part:
            raise EOFError("the caller has gone")
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def run(arguments: list) -> int:
    """What `python ARGUMENTS…` does: a file, or `-c TEXT`. Gives the exit code."""
    while arguments and arguments[0] == "-B":
        sys.dont_write_bytecode = True
        del arguments[0]
    main = types.ModuleType("__main__")
    main.__builtins__ = __builtins__
    sys.modules["__main__"] = main
    if arguments[0] == "-c":
        text, name, folder = arguments[1], "<string>", ""
        sys.argv = ["-c", *arguments[2:]]
    else:
        name, folder = arguments[0], os.path.dirname(os.path.realpath(arguments[0]))
        main.__file__ = name
        sys.argv = arguments
        with open(name, "rb") as file:
            text = file.read()
    sys.path[0] = folder
    try:
        exec(compile(text, name, "exec"), main.__dict__)
    except SystemExit as exit:
        if exit.code is None or isinstance(exit.code, int):
            return exit.code or 0
        print(exit.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def answer(connection: socket.socket) -> None:
    """In the fork: becomes the Python that was called."""
    _, files, _, _ = socket.recv_fds(connection, 1, 3)
    head = receive(connection, 16)
    arguments, environment = (
        receive(connection, int.from_bytes(part, "big")).split(b"\0") for part in (head[:8], head[8:])
    )
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    folder, *arguments = map(os.fsdecode, arguments)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(os.fsdecode(entry).split("=", 1) for entry in environment if entry)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, closefd=False) for number, mode in enumerate(("r", "w", "w"))
    )
    code = run(arguments)
    sys.stdout.flush()
    sys.stderr.flush()
    # The caller may have been killed meanwhile.
    try:
        connection.sendall(bytes([code & 255]))
    except OSError:
        pass


def main() -> None:
    for module in sys.argv[2:]:
        importlib.import_module(module)
    listener = socket.socket(socket.AF_UNIX)
    # A socket's path may not be long; its name alone is short.
    os.chdir(os.path.dirname(sys.argv[1]))
    listener.bind(os.path.basename(sys.argv[1]))
    listener.listen(512)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.freeze()
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listener.close()
            try:
                answer(connection)
            finally:
                os._exit(0)
        connection.close()


main()
