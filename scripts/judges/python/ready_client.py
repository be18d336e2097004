# What `up` puts in place of a Python: it hands its call to ready_server.py, and ends as that ends.
import os, socket, sys

folder = os.getcwd()
connection = socket.socket(socket.AF_UNIX)
# A socket's path may not be long; its name alone is short.
os.chdir(os.path.dirname(os.path.abspath(__file__)))
connection.connect("socket")
socket.send_fds(connection, [b"!"], [0, 1, 2])
environment = b"\0".join(name + b"=" + value for name, value in os.environb.items())
arguments = b"\0".join(map(os.fsencode, [folder, *sys.argv[1:]]))
connection.sendall(len(arguments).to_bytes(8, "big") + len(environment).to_bytes(8, "big") + arguments + environment)
code = connection.recv(1)
# Nothing comes when the process that answered has crashed.
os._exit(code[0] if code else 70)
