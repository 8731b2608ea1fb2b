"""What a PDF may carry besides its pages: its own identifier, files, empty signature fields, tags for reading aloud."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class AttachedFile:
    """A file inside the PDF; its kind follows its name."""

    name: str
    text: str
    about: str = ""


@dataclass(frozen=True)
class EmptyField:
    """A signature field that nobody has signed, where the element with this `id` stands; `label` is read aloud."""

    name: str
    label: str = ""


@dataclass(frozen=True)
class Extras:
    """`identifier` is 32 hex digits: the same document has the same one, so its bytes are the same."""

    identifier: str
    files: tuple[AttachedFile, ...] = ()
    fields: tuple[EmptyField, ...] = ()

    def plain(self) -> dict[str, Any]:
        """For the pipe."""
        return asdict(self)
