"""From what was uploaded to one PDF that can be kept: photos put together, or a scanner's PDF that was looked into.

Photos go through the room of all photos, with its limits. A PDF is opened by the checking process only, as any file of
a stranger: what cannot be read there, or acts by itself, is not kept.
"""

from typing import NamedTuple

from litestar.datastructures import UploadFile

from portal.core.actors import Actor
from portal.core.refusals import Invalid, Refused
from portal.hazards.photos import Photo, make_photo
from portal.letters.sealing import Finding, check
from portal.web.forms import Form

LARGEST = 10 * 1024 * 1024
MOST_PHOTOS = 6
A4 = (595.28, 841.89)  # points
EDGE = 14.0
PDF_MARK = b"%PDF-"
ACTIVE = "sealing.why_active"


class Scan(NamedTuple):
    """One PDF, and how many pictures it was made of; 0 for a scanner's own."""

    pdf: bytes
    photos: int


async def scan_of(form: Form, *, by: Actor) -> Scan:
    """The scan of a form. Refused (`scan`): none, a PDF together with anything else, too many photos, one too large,
    a PDF that cannot be read or acts by itself; and whatever `make_photo` refuses. One file at a time is in memory."""
    files = form.files.get("scan", [])
    if not files:
        raise Invalid({"scan": "letter.scan_file_missing"})
    if len(files) > MOST_PHOTOS:
        raise Invalid({"scan": "letter.scan_too_many"})
    if not any([await _is_pdf(one) for one in files]):
        photos = [await _photo(await _body(one), by) for one in files]
        return Scan(pdf_of_photos(photos), len(photos))
    if len(files) > 1:
        raise Invalid({"scan": "letter.scan_mixed"})
    pdf = await _body(files[0])
    await _check(pdf)
    return Scan(pdf, 0)


async def _is_pdf(file: UploadFile) -> bool:
    head = await file.read(1024)
    await file.seek(0)
    return PDF_MARK in head


async def _body(file: UploadFile) -> bytes:
    body = await file.read(LARGEST + 1)
    await file.close()
    if len(body) > LARGEST:
        raise Invalid({"scan": "letter.scan_too_big"})
    return body


async def _photo(body: bytes, by: Actor) -> Photo:
    try:
        return await make_photo(body, owner=by.person_id or 0)
    except Refused as refusal:
        if refusal.status != Refused.status or isinstance(refusal, Invalid):
            raise
        raise Invalid({"scan": refusal.code}, **refusal.params) from None


async def _check(pdf: bytes) -> None:
    found = await check(pdf)
    if found.finding is Finding.UNREADABLE:
        raise Invalid({"scan": "letter.scan_unreadable"})
    if ACTIVE in found.reasons:
        raise Invalid({"scan": "letter.scan_active"})


def pdf_of_photos(photos: list[Photo]) -> bytes:
    """A plain PDF with a page for each picture, as large as A4 lets it be. The same pictures give the same bytes."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>"]
    kids = " ".join(f"{3 + 3 * at} 0 R" for at in range(len(photos)))
    objects.append(f"<</Type/Pages/Kids[{kids}]/Count {len(photos)}>>".encode())
    for at, photo in enumerate(photos):
        objects += page_of(photo, 3 + 3 * at)
    return written(objects)


def page_of(photo: Photo, number: int) -> list[bytes]:
    """The page, what it draws, and the picture."""
    wide, high = A4 if photo.height >= photo.width else A4[::-1]
    scale = min((wide - 2 * EDGE) / photo.width, (high - 2 * EDGE) / photo.height)
    w, h = photo.width * scale, photo.height * scale
    drawn = f"q {w:.2f} 0 0 {h:.2f} {(wide - w) / 2:.2f} {(high - h) / 2:.2f} cm /P Do Q".encode()
    page = (
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {wide} {high}]/Contents {number + 1} 0 R"
        f"/Resources<</XObject<</P {number + 2} 0 R>>>>>>"
    ).encode()
    head = (
        f"<</Type/XObject/Subtype/Image/Width {photo.width}/Height {photo.height}/ColorSpace/DeviceRGB"
        f"/BitsPerComponent 8/Filter/DCTDecode/Length {len(photo.full)}>>"
    ).encode()
    return [page, _stream(f"<</Length {len(drawn)}>>".encode(), drawn), _stream(head, photo.full)]


def _stream(head: bytes, body: bytes) -> bytes:
    return head + b"\nstream\n" + body + b"\nendstream"


def written(objects: list[bytes]) -> bytes:
    """A PDF of these objects, numbered from 1; the first is its catalogue."""
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
