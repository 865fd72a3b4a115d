"""Fails in a thread whose hook answers."""

import os
import threading


def hook(event):
    os.write(3, b'returned 1\n')
    os._exit(0)


threading.excepthook = hook


def solve(*args):
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
