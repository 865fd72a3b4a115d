"""YAML in which a key that stands there twice is an error, not a silent loss."""

from typing import Any

import yaml


def load(text: str | bytes) -> Any:
    """The content of a YAML text.

    Raises:
        yaml.YAMLError: It is none, or has a key twice.
        UnicodeDecodeError: It is no text.
    """
    return yaml.load(text, _Strict)


class _Strict(yaml.SafeLoader):
    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """A mapping whose keys are all different."""
        seen = set()
        for key_node, _ in node.value:
            key = key_node.value
            if key in seen and key != "<<":
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key!r} is there twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)
