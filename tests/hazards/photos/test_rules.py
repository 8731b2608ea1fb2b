import struct

import pytest

from portal.core.refusals import Refused
from portal.hazards.photos.labels import REFUSALS
from portal.hazards.photos.rules import MAX_BYTES, Header, Kind, is_bare_jpeg, read_header
from portal.rendering.i18n import fill
from tests.hazards.photos.pictures import (
    animation,
    chunk,
    flag,
    heic,
    long_gif,
    phone_photo,
    png,
    saved,
    with_size,
)

JPEG = saved(flag())
FF_FLOOD = b"\xff\xd8" + b"\xff" * (MAX_BYTES - 2)
TINY_SEGMENTS = b"\xff\xd8" + b"\xff\xe1\x00\x02" * 3_000_000
TINY_CHUNKS = png(1, 1)[:33] + chunk(b"tEXt", b"") * 1_000_000
TINY_SUB_BLOCKS = long_gif(0)[:-1] + b"\x21\xfe" + b"\x01A" * 7_000_000


@pytest.mark.parametrize(
    ("data", "header"),
    [
        (JPEG, Header(Kind.JPEG, 320, 240)),
        (saved(flag(), progressive=True), Header(Kind.JPEG, 320, 240)),
        (phone_photo(), Header(Kind.JPEG, 320, 240)),
        (saved(flag(), "PNG"), Header(Kind.PNG, 320, 240)),
        (saved(flag(), "WEBP"), Header(Kind.WEBP, 320, 240)),
        (saved(flag(), "WEBP", lossless=True), Header(Kind.WEBP, 320, 240)),
        (saved(flag(), "WEBP", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0"), Header(Kind.WEBP, 320, 240)),
        (saved(flag(), "GIF"), Header(Kind.GIF, 320, 240)),
        (saved(flag(), "GIF")[:-1], Header(Kind.GIF, 320, 240)),
        (png(12_000, 4_000, rows=0), Header(Kind.PNG, 12_000, 4_000)),
    ],
)
def test_a_picture_says_what_it_is(data, header):
    assert read_header(data) == header


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not_an_image"),
        (b"\xff\xd8", "not_an_image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_an_image"),
        (b"<html><script>1</script></html>", "not_an_image"),
        (b"%PDF-1.7", "not_an_image"),
        (saved(flag(), "BMP"), "not_an_image"),
        (saved(flag(), "TIFF"), "not_an_image"),
        (heic(b"avif"), "not_an_image"),
        (heic(), "heic"),
        (heic(b"mif1"), "heic"),
        (JPEG + bytes(MAX_BYTES), "too_large"),
        (png(9_000, 9_000), "too_many_pixels"),
        (png(13_000, 13_000, rows=0), "too_many_pixels"),
        (png(20_000, 20_000, rows=0), "too_many_pixels"),
        (png(12_001, 1), "too_many_pixels"),
        (png(1, 12_001), "too_many_pixels"),
        (png(2**31, 2**31, rows=0), "too_many_pixels"),
        (with_size(JPEG, 65_535, 65_535), "too_many_pixels"),
        (with_size(JPEG, 0, 240), "broken"),
        (with_size(JPEG, 320, 0), "broken"),
        (png(0, 9, rows=0), "broken"),
        (animation("GIF"), "animated"),
        (long_gif(10_000), "animated"),
        (animation("WEBP"), "animated"),
        (animation("PNG"), "animated"),
        (long_gif(0), "broken"),
        (b"GIF89a", "broken"),
        (b"RIFF\0\0\0\0WEBPVP9 " + bytes(40), "broken"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "broken"),
        (FF_FLOOD, "broken"),
        (TINY_SEGMENTS, "broken"),
        (TINY_CHUNKS, "broken"),
        (TINY_SUB_BLOCKS, "broken"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_photo_is_refused_before_it_is_decoded(data, code):
    with pytest.raises(Refused) as caught:
        read_header(data)
    assert caught.value.code == f"photo.{code}"
    assert fill(REFUSALS[caught.value.code], caught.value.params)


def test_a_gif_frame_beyond_its_canvas_counts():
    frame = saved(flag(8, 8), "GIF")
    at = frame.index(b"\x2c") + 5
    with pytest.raises(Refused, match=r"photo\.too_many_pixels"):
        read_header(frame[:at] + struct.pack("<HH", 60_000, 60_000) + frame[at + 4 :])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_header_cut_anywhere_is_refused_and_nothing_worse(kind):
    data = saved(flag(), kind)
    refused = 0
    for end in range(12, min(len(data), 700)):
        try:
            read_header(data[:end])
        except Refused:
            refused += 1
    assert refused


def test_a_bare_jpeg_is_told_from_one_that_carries_more():
    assert is_bare_jpeg(JPEG, side=320)
    assert not is_bare_jpeg(JPEG, side=319)
    assert not is_bare_jpeg(phone_photo(), side=2048)
    assert not is_bare_jpeg(saved(flag(), comment=b"a word"), side=2048)
    assert not is_bare_jpeg(saved(flag(), icc_profile=b"profile"), side=2048)
    assert not is_bare_jpeg(JPEG + b"<script>", side=2048)
    assert not is_bare_jpeg(JPEG + JPEG, side=2048)
    assert not is_bare_jpeg(JPEG[:-2], side=2048)
    assert not is_bare_jpeg(b"", side=2048)
    assert not is_bare_jpeg(saved(flag(), "PNG"), side=2048)


def test_every_refusal_has_its_sentence_with_a_remedy():
    params = {"megabytes": 20, "limit": 15, "width": 1, "height": 2, "seconds": 10}
    assert len(REFUSALS) == 9
    for sentence in REFUSALS.values():
        assert fill(sentence, params).endswith("。")
        assert "{" not in fill(sentence, params)
