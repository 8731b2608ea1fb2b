"""Portraits on their way in, from a file that somebody sent, and out again as a picture inside a page or a paper."""

from base64 import b64encode
from collections.abc import Iterable

from portal.contact_boards.rules import SMALLEST_PORTRAIT
from portal.contact_boards.services import NewPortrait
from portal.core.files import FileStore
from portal.core.refusals import Refused
from portal.hazards.photos import make_portrait


async def take_in(data: bytes, store: FileStore, *, owner: int) -> NewPortrait:
    """Checked, cut square, shrunk, rid of all else, and kept; before any transaction begins."""
    made = await make_portrait(data, owner=owner)
    if made.width < SMALLEST_PORTRAIT:
        raise Refused("portrait.too_small", least=SMALLEST_PORTRAIT)
    full = await store.put(made.full, media_type="image/jpeg")
    small = await store.put(made.thumb, media_type="image/jpeg")
    return NewPortrait(full.digest, small.digest)


async def pictures(digests: Iterable[str], store: FileStore) -> dict[str, str]:
    """Pictures by digest, each as an address that holds the picture itself; what is not in the store is left out."""
    found = {digest: await store.open(digest) for digest in sorted(set(digests)) if digest}
    return {digest: f"data:image/jpeg;base64,{b64encode(body).decode()}" for digest, body in found.items() if body}
