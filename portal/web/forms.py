"""Raw forms as plain text and files. What they mean, and whether it is right, is the room's own `forms.py`."""

import re
import unicodedata
from dataclasses import dataclass, field

from litestar.datastructures import UploadFile

from portal.web.state import AnyRequest

MOST_FIELDS = 200
MOST_TEXT = 10_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Form:
    """What a browser sent: the last text of each field, every text of each field, and files that are not empty."""

    texts: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, list[UploadFile]] = field(default_factory=dict)

    def get(self, name: str, default: str = "") -> str:
        """The text of a field, trimmed and clean; `default` when it was not sent."""
        return self.texts.get(name, default)

    def all(self, name: str) -> list[str]:
        """Every text of a field that may be sent several times (ticks)."""
        return [text for text in self.lists.get(name, []) if text]


def clean(text: str) -> str:
    """One way to write the same text: NFC, no control or direction marks, no blanks around it, newlines as one sign."""
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROL.sub("", plain).strip()[:MOST_TEXT]


async def form_of(request: AnyRequest) -> Form:
    """The form of a request, read once; the CSRF check and the handler share it."""
    known = request.scope["state"].get("form")
    if known is None:
        known = request.scope["state"]["form"] = await _read(request)
    found: Form = known
    return found


async def _read(request: AnyRequest) -> Form:
    form = Form()
    for name, value in list((await request.form()).multi_items())[:MOST_FIELDS]:
        if isinstance(value, UploadFile):
            if value.filename:
                form.files.setdefault(name, []).append(value)
        else:
            text = clean(str(value))
            form.texts[name] = text
            form.lists.setdefault(name, []).append(text)
    return form
