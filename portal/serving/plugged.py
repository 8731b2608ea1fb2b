"""What an operator brings along and names in a setting as `package.module:name`."""

from importlib import import_module
from typing import Any

from portal.serving.words import Trouble


def plugged(name: str, *, trouble: str) -> Any:
    """The thing of this name. Raises `Trouble` with this code (facts: name, why) where it is not there."""
    module, _, attribute = name.partition(":")
    try:
        return getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise Trouble(trouble, name=name, why=error) from None
