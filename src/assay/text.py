"""What others wrote, made fit for a terminal or a log. Used wherever untrusted text is printed."""


def printable(text: str, replacement: str = "\ufffd") -> str:
    """`text` with every character replaced that does not print: escapes, controls, line ends."""
    return "".join(char if char.isprintable() else replacement for char in text)
