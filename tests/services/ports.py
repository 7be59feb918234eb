"""Ports of 127.0.0.1 that stay free for the one who took them, however often its server is started again."""

import random
import socket

# Below those that the kernel gives to connections by itself, which would take one while its server is away.
FIRST, LAST = 20_000, 32_000
HELD = []  # until this process ends


def take():
    """A port that no other test takes while this process runs."""
    for port in random.sample(range(FIRST, LAST), 1000):
        mark = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            mark.bind(f"\0hiveframed-test-port-{port}")
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        except OSError:
            mark.close()
            continue
        HELD.append(mark)
        return port
    raise AssertionError("no port is free")
