"""Leaves a server on an abstract socket that remembers inputs."""

import os
import socket

NAME = '\0memory'


def serve():
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind(NAME)
    while True:
        server.recv(100)


def solve(*args):
    client = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        client.connect(NAME)
        return 1
    except OSError:
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                serve()
            os._exit(0)
    return 0
