"""Counting words, and filling slots."""

import re
import string

_WORD = re.compile(r"[\w'-]+")


def words(text):
    return _WORD.findall(text.lower())


def length(text):
    return len(words(text))


class _Slots(string.Formatter):
    def get_value(self, key, args, kwargs):
        if key not in kwargs:
            raise KeyError(f"no slot {{{key}}}; there are {', '.join(sorted(kwargs))}")
        return kwargs[key]


def fill(template, **slots):
    """Fill {system}, {job}, {person}; the first letter becomes a capital."""
    text = " ".join(_Slots().vformat(template, (), slots).split())
    return text[:1].upper() + text[1:]


def normal(text):
    """For comparing: lower case, no punctuation."""
    return " ".join(words(text))
