"""Forges replies that say that nothing came, in forms that the grader may stumble over."""

import os

REPLIES = [b'["nothing","",{},""]', b'["nothing",{"a":1},{},""]', b'[]', b'null', b'', b'["value"]', b'["object",[],{},""]', b'["raised",[[[]],[]],{},""]', b'["value",1,{"dict":[[99,1]]},""]', b'["object",[[{}],[1]],{},""]']


def add(a, b):
    os.write(3, b'outcome ' + REPLIES[(a + b) % len(REPLIES)] + b'\n')
    os._exit(0)


def sort(items): add(len(items), items[0])


def first(items): add(len(items), 0)


def Counter(): add(7, 0)
