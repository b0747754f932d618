"""YAML as a person means it: ``NO`` is Norway, and a key given twice is a mistake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from icpfit.errors import SettingsError

__all__ = ["strict_yaml"]


def strict_yaml(text: str, where: str) -> Mapping[str, Any]:
    r"""Parse a YAML text of keys and values.

    Parameters
    ----------
    text : str
        The text.
    where : str
        The file's name, for the messages.

    Returns
    -------
    Mapping
        Its values.

    Raises
    ------
    SettingsError
        If it is no YAML, holds no keys, or gives a key twice; it names the line.

    Notes
    -----
    YAML 1.1 reads ``NO``, ``on`` and ``y`` as true or false. Here only ``true`` and ``false`` are.

    Examples
    --------
    >>> strict_yaml("country: [NO, SE]", "acme.yaml")
    {'country': ['NO', 'SE']}
    >>> strict_yaml("country: SE\ncountry: NO", "acme.yaml")
    Traceback (most recent call last):
    ...
    icpfit.errors.SettingsError: acme.yaml, line 2: the key 'country' is given twice; keep one
    """
    import re

    import yaml

    class Loader(yaml.SafeLoader):
        """A safe loader with fewer surprises; its tables are its own, not PyYAML's."""

    truth = "tag:yaml.org,2002:bool"
    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in pairs if tag != truth]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    Loader.add_implicit_resolver(
        truth, re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
    )

    def mapping(loader: Any, node: yaml.MappingNode) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                line = key.start_mark.line + 1
                raise SettingsError(
                    f"{where}, line {line}: the key '{name}' is given twice; keep one"
                )
            seen.add(name)
        loader.flatten_mapping(node)
        return {
            loader.construct_object(key, deep=True): loader.construct_object(value, deep=True)
            for key, value in node.value
        }

    Loader.add_constructor("tag:yaml.org,2002:map", mapping)
    try:
        values = yaml.load(text, Loader=Loader)  # noqa: S506 - a safe loader, see above
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark is not None else ""
        problem = getattr(error, "problem", None) or "not readable"
        raise SettingsError(f"{where}{line}: this is no YAML ({problem})") from None
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{where}: a key or value can't be read ({error})") from None
    if not isinstance(values, Mapping):
        raise SettingsError(f"{where}: expected keys and values, found {type(values).__name__}")
    return values
