"""Thirty ways to tamper with a letter: none is green, neither by the register nor, if that were fooled, by the file.

Each way is a function of a finished letter and a source of chance. One variant of each in `make test`, twenty in
`make faults`; there also five hundred clean letters, of which none may be called altered.
"""

import hashlib
import io
import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pypdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from portal.core.crypto import use_keys
from portal.letters.sealing import Finding, Registered, Verdict, check, shutdown
from tests.conftest import KEY, run_apart
from tests.letters.sealing_kit import (
    START,
    Letter,
    School,
    TimeServer,
    make_letter,
    make_school,
    serving,
    sign_as,
)

SOON = START + timedelta(hours=1)
RED = {Finding.ALTERED, Finding.NOT_OURS, Finding.UNREADABLE, Finding.EARLIER}


@dataclass
class Scene:
    """Two genuine letters of one school, one of a school of the same name that is not ours."""

    school: School
    server: TimeServer
    letter: Letter
    other: Letter
    forged: Letter
    resigned: Letter
    forger: School

    @property
    def pdf(self) -> bytes:
        return self.letter.files[-1]


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    use_keys(KEY)
    made: list[Scene] = []
    with serving(TimeServer()) as server:

        async def make() -> None:
            school, forger = await make_school(2), await make_school(2)
            letter = await make_letter(school, 2, server=server)
            other = await make_letter(school, 2, server=server, number="安责〔2026〕8号")
            forged = await make_letter(forger, 2, server=server)
            resigned = await make_letter(school, 2, server=server, body="乙方不承担任何责任。")
            made.append(Scene(school, server, letter, other, forged, resigned, forger))

        run_apart(make)
        yield made[0]
    shutdown()


def added(pdf: bytes, change: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """The file with something added behind it, as an editor saves it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def page_of(writer: IncrementalPdfFileWriter):
    ref, _ = writer.find_page_for_modification(0)
    writer.mark_update(ref)
    return ref.get_object()


def bit_flip(scene: Scene, chance: random.Random) -> bytes:
    data = bytearray(scene.pdf)
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(data)


def truncated(scene: Scene, chance: random.Random) -> bytes:
    return scene.pdf[: -chance.randrange(1, len(scene.pdf) // 2)]


def bytes_after_the_end(scene: Scene, chance: random.Random) -> bytes:
    return scene.pdf + chance.choice([b"\n", b" ", b"%", b"\0" * 9, b"\n%%EOF\n", chance.randbytes(40)])


def stream_swapped_in_place(scene: Scene, chance: random.Random) -> bytes:
    starts = [found.end() for found in re.finditer(rb"stream\n", scene.pdf[:100_000])]
    at = chance.choice(starts)
    return scene.pdf[:at] + chance.randbytes(12) + scene.pdf[at + 12 :]


def text_swapped(scene: Scene, chance: random.Random) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        words = f"BT /F1 {chance.randrange(8, 20)} Tf 60 {chance.randrange(60, 700)} Td (void) Tj ET"
        page_of(writer)["/Contents"] = writer.add_object(generic.StreamObject(stream_data=words.encode()))

    return added(scene.pdf, change)


def annotation_added(scene: Scene, chance: random.Random) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        x = chance.randrange(20, 400)
        box = generic.ArrayObject([generic.NumberObject(n) for n in (x, 500, x + 150, 540)])
        note = {"/Type": pdf_name("/Annot"), "/Subtype": pdf_name("/FreeText"), "/Rect": box}
        note |= {"/Contents": generic.pdf_string("免除责任"), "/DA": generic.pdf_string("/Helv 12 Tf")}
        made = generic.DictionaryObject({pdf_name(name): value for name, value in note.items()})
        page = page_of(writer)
        page["/Annots"] = generic.ArrayObject([*page.get("/Annots", []), writer.add_object(made)])

    return added(scene.pdf, change)


def looks_of_a_signature_swapped(scene: Scene, chance: random.Random) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        fields = writer.root["/AcroForm"]["/Fields"]
        ref = fields.raw_get(chance.randrange(3))
        blank = generic.StreamObject(stream_data=b"q Q")
        blank["/Subtype"] = pdf_name("/Form")
        blank["/BBox"] = generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 150, 60)])
        looks = generic.DictionaryObject({pdf_name("/N"): writer.add_object(blank)})
        ref.get_object()["/AP"] = looks
        writer.mark_update(ref)

    return added(scene.pdf, change)


def script_added(scene: Scene, chance: random.Random) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        script = generic.pdf_string(f"app.alert({chance.randrange(99)})")
        action = generic.DictionaryObject({pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): script})
        writer.root["/OpenAction"] = action
        writer.update_root()

    return added(scene.pdf, change)


def attached_copy_swapped(scene: Scene, chance: random.Random) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        copy = json.dumps({"number": scene.letter.number, "parties": [chance.randrange(99)]}).encode()
        spec = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]
        ref = spec["/EF"].raw_get("/F")
        stream = ref.get_object()
        made = generic.StreamObject(stream_data=copy)
        made["/Type"] = pdf_name("/EmbeddedFile")
        spec["/EF"]["/F"] = writer.add_object(made)
        writer.update_container(spec)
        assert stream is not made

    return added(scene.pdf, change)


def file_attached(scene: Scene, chance: random.Random) -> bytes:
    return by_pypdf_update(scene.pdf, lambda writer: writer.add_attachment("more.txt", chance.randbytes(20)))


def by_pypdf_update(pdf: bytes, change: Callable[[pypdf.PdfWriter], object]) -> bytes:
    writer = pypdf.PdfWriter(io.BytesIO(pdf), incremental=True)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def font_swapped(scene: Scene, chance: random.Random) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        fonts = writer.root["/Pages"]["/Kids"][0]["/Resources"]["/Font"]
        name = chance.choice(list(fonts))
        plain = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": chance.choice(["/Courier", "/Symbol"])}
        made = generic.DictionaryObject({pdf_name(key): pdf_name(value) for key, value in plain.items()})
        fonts[name] = writer.add_object(made)
        writer.update_container(fonts)

    return added(scene.pdf, change)


def info_edited(scene: Scene, chance: random.Random) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        writer.set_info(generic.DictionaryObject({pdf_name("/Title"): generic.pdf_string(f"x{chance.random()}")}))

    return added(scene.pdf, change)


def metadata_edited(scene: Scene, chance: random.Random) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        stream = generic.StreamObject(stream_data=b"<x:xmpmeta>%d</x:xmpmeta>" % chance.randrange(999))
        stream["/Type"], stream["/Subtype"] = pdf_name("/Metadata"), pdf_name("/XML")
        writer.root["/Metadata"] = writer.add_object(stream)
        writer.update_root()

    return added(scene.pdf, change)


def page_inserted(scene: Scene, chance: random.Random) -> bytes:
    side = chance.randrange(100, 800)
    return by_pypdf_update(scene.pdf, lambda writer: writer.insert_blank_page(side, side, chance.randrange(2)))


def page_taken_out(scene: Scene, chance: random.Random) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        pages = writer.root["/Pages"]
        pages["/Kids"], pages["/Count"] = generic.ArrayObject(), generic.NumberObject(0)
        writer.update_container(pages)

    assert chance
    return added(scene.pdf, change)


def page_doubled(scene: Scene, chance: random.Random) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        pages = writer.root["/Pages"]
        kid, times = pages["/Kids"].raw_get(0), chance.randrange(2, 5)
        pages["/Kids"], pages["/Count"] = generic.ArrayObject([kid] * times), generic.NumberObject(times)
        writer.update_container(pages)

    return added(scene.pdf, change)


def page_turned(scene: Scene, chance: random.Random) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        page_of(writer)["/Rotate"] = generic.NumberObject(chance.choice((90, 180, 270)))

    return added(scene.pdf, change)


def layer_hidden(scene: Scene, chance: random.Random) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        layer = generic.DictionaryObject(
            {pdf_name("/Type"): pdf_name("/OCG"), pdf_name("/Name"): generic.pdf_string(f"l{chance.randrange(99)}")}
        )
        ref = writer.add_object(layer)
        off = generic.DictionaryObject({pdf_name("/OFF"): generic.ArrayObject([ref])})
        both = {pdf_name("/OCGs"): generic.ArrayObject([ref]), pdf_name("/D"): off}
        writer.root["/OCProperties"] = generic.DictionaryObject(both)
        page_of(writer)["/OC"] = ref
        writer.update_root()

    return added(scene.pdf, change)


def covered_over(scene: Scene, chance: random.Random) -> bytes:
    """Shadow, hide: something white over the text."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        page = page_of(writer)
        cover = generic.StreamObject(stream_data=b"1 g 40 %d 500 200 re f" % chance.randrange(200, 700))
        old = page.raw_get("/Contents")
        page["/Contents"] = generic.ArrayObject([*(old if isinstance(old, list) else [old]), writer.add_object(cover)])

    return added(scene.pdf, change)


def form_replaced(scene: Scene, chance: random.Random) -> bytes:
    """Shadow, replace: the form of the letter gives way to another with the same names."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        form = writer.root["/AcroForm"]
        text = {
            "/FT": pdf_name("/Tx"),
            "/T": generic.pdf_string("party_1"),
            "/V": generic.pdf_string(f"{chance.random()}"),
        }
        made = generic.DictionaryObject({pdf_name(key): value for key, value in text.items()})
        form["/Fields"] = generic.ArrayObject([*form["/Fields"], writer.add_object(made)])
        writer.update_container(form)

    return added(scene.pdf, change)


def catalogue_swapped(scene: Scene, chance: random.Random) -> bytes:
    """Shadow, hide and replace: another catalogue, prepared elsewhere, becomes the root."""

    def change(writer: IncrementalPdfFileWriter) -> None:
        body = writer.add_object(generic.StreamObject(stream_data=b"BT (%d) Tj ET" % chance.randrange(99)))
        page = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Page"), pdf_name("/Contents"): body})
        pages = writer.root["/Pages"]
        pages["/Kids"] = generic.ArrayObject([writer.add_object(page)])
        writer.update_container(pages)

    return added(scene.pdf, change)


def wrapped(scene: Scene, chance: random.Random) -> bytes:
    """Signature wrapping: the signed part is kept, more is put into the gap that no signature covers."""
    spots = list(re.finditer(rb"/Contents <", scene.pdf))
    at = chance.choice(spots).end() - 1
    junk = b"%" + bytes(chance.choice(b"abcdef") for _ in range(chance.randrange(1, 60))) + b"\n"
    return scene.pdf[:at] + junk + scene.pdf[at:]


def byte_range_forged(scene: Scene, chance: random.Random) -> bytes:
    spots = list(re.finditer(rb"/ByteRange *\[ *(\d+) (\d+) (\d+) (\d+)", scene.pdf))
    spot = chance.choice(spots)
    number = chance.randrange(2, 5)
    old = spot[number]
    new = str(max(0, int(old) + chance.choice((-2, 2, 64, -64)))).encode()
    new = new.rjust(len(old), b"0")[: len(old)]
    return scene.pdf[: spot.start(number)] + new + scene.pdf[spot.end(number) :]


def hexes(scene: Scene, chance: random.Random) -> re.Match[bytes]:
    return chance.choice(list(re.finditer(rb"/Contents <([0-9A-Fa-f]{1000,})>", scene.pdf)))


def contents_null(scene: Scene, chance: random.Random) -> bytes:
    spot = hexes(scene, chance)
    return scene.pdf[: spot.start(1)] + b"0" * len(spot[1]) + scene.pdf[spot.end(1) :]


def contents_short(scene: Scene, chance: random.Random) -> bytes:
    spot = hexes(scene, chance)
    cut = chance.randrange(100, 900)
    return scene.pdf[: spot.start(1) + cut] + b"0" * (len(spot[1]) - cut) + scene.pdf[spot.end(1) :]


def padding_used(scene: Scene, chance: random.Random) -> bytes:
    """Something hidden behind the signature, where its own digest does not look."""
    spot = hexes(scene, chance)
    place = spot.end(1) - chance.randrange(1, 20) * 2
    return scene.pdf[:place] + b"4A" + scene.pdf[place + 2 :]


def signature_stripped(scene: Scene, chance: random.Random) -> bytes:
    def change(writer: IncrementalPdfFileWriter) -> None:
        ref = writer.root["/AcroForm"]["/Fields"].raw_get(chance.randrange(3))
        del ref.get_object()["/V"]
        writer.mark_update(ref)

    return added(scene.pdf, change)


def saved_anew(scene: Scene, chance: random.Random) -> bytes:
    """By a printer driver: the same look, no signatures."""
    reader, writer = pypdf.PdfReader(io.BytesIO(scene.pdf)), pypdf.PdfWriter()
    for page in reader.pages:
        writer.add_page(page)
    writer.add_metadata({"/Producer": f"printer {chance.randrange(99)}"})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def rolled_back(scene: Scene, chance: random.Random) -> bytes:
    return chance.choice(scene.letter.files[:2])


def rolled_back_nearly(scene: Scene, chance: random.Random) -> bytes:
    return scene.letter.files[1] + chance.choice([b"\n", b"\r\n", b" "]) * chance.randrange(1, 5)


async def strangers_signature(scene: Scene, chance: random.Random) -> bytes:
    pdf = scene.letter.files[0]

    def change(writer: IncrementalPdfFileWriter) -> None:
        append_signature_field(writer, SigFieldSpec("party_9", box=(60, 60, 200, 100 + chance.randrange(40))))

    return (await sign_as(scene.forger, added(pdf, change), 2, field="party_9", before=(), server=scene.server)).pdf


def authority_of_the_same_name(scene: Scene, chance: random.Random) -> bytes:
    return chance.choice(scene.forged.files)


def another_letter(scene: Scene, chance: random.Random) -> bytes:
    return chance.choice(scene.other.files)


def same_number_signed_again(scene: Scene, chance: random.Random) -> bytes:
    return chance.choice(scene.resigned.files)


WAYS = {way.__name__: way for way in (
    bit_flip, truncated, bytes_after_the_end, stream_swapped_in_place, text_swapped, annotation_added,
    looks_of_a_signature_swapped, script_added, attached_copy_swapped, file_attached, font_swapped, info_edited,
    metadata_edited, page_inserted, page_taken_out, page_doubled, page_turned, layer_hidden, covered_over, form_replaced,
    catalogue_swapped, wrapped, byte_range_forged, contents_null, contents_short, signature_stripped, saved_anew,
    rolled_back, strangers_signature, authority_of_the_same_name, another_letter, same_number_signed_again, padding_used,
    rolled_back_nearly,
)}  # fmt: skip
ONLY_THE_REGISTER_KNOWS = {"same_number_signed_again"}  # by the right people with the right keys: hence the register


async def made_by(way: str, scene: Scene, chance: random.Random) -> bytes:
    done = WAYS[way](scene, chance)
    return done if isinstance(done, bytes) else await done


async def weighed(scene: Scene, pdf: bytes, *, fooled: bool = False) -> Verdict:
    """Against the register; `fooled`: somebody wrote the digest of the forgery into it as the letter's last stage."""
    expected = scene.letter.expected(scene.school, scene.server)
    if fooled:
        mine = Registered(hashlib.sha256(pdf).hexdigest(), "extended", final=True)
        expected = replace(expected, registered=(*expected.registered, mine))
        expected = replace(expected, registered=tuple({one.digest: one for one in expected.registered}.values()))
    return await check(pdf, expected, at=SOON)


@pytest.mark.parametrize("way", WAYS)
async def test_no_tampering_is_green(scene, way):
    assert (await weighed(scene, scene.pdf)).is_green  # there is something to lose
    pdf = await made_by(way, scene, random.Random(way))
    assert pdf != scene.pdf
    verdict = await weighed(scene, pdf)
    assert verdict.finding in RED, verdict
    assert verdict.reasons
    if way not in ONLY_THE_REGISTER_KNOWS:
        fooled = await weighed(scene, pdf, fooled=True)
        assert not fooled.is_green, fooled


@pytest.mark.faults
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("way", WAYS)
async def test_no_tampering_is_green_in_twenty_variants(scene, way):
    for variant in range(20):
        pdf = await made_by(way, scene, random.Random(f"{way} {variant}"))
        verdict = await weighed(scene, pdf)
        assert verdict.finding in RED, (variant, verdict)
        if way not in ONLY_THE_REGISTER_KNOWS:
            assert not (await weighed(scene, pdf, fooled=True)).is_green, variant


async def test_what_kind_of_red_it_is(scene):
    chance = random.Random(5)
    for way, finding in {
        "rolled_back": Finding.EARLIER,
        "another_letter": Finding.NOT_OURS,
        "authority_of_the_same_name": Finding.NOT_OURS,
        "text_swapped": Finding.ALTERED,
        "bytes_after_the_end": Finding.ALTERED,
        "contents_null": Finding.ALTERED,
        "same_number_signed_again": Finding.ALTERED,
        "strangers_signature": Finding.ALTERED,
        "saved_anew": Finding.NOT_OURS,
    }.items():
        verdict = await weighed(scene, await made_by(way, scene, chance))
        assert verdict.finding is finding, (way, verdict)


@pytest.mark.slow
async def test_twenty_clean_letters_raise_no_alarm(scene):
    await clean_letters(scene, 20)


@pytest.mark.faults
@pytest.mark.timeout(3000)
async def test_five_hundred_clean_letters_raise_no_alarm(scene):
    await clean_letters(scene, 500)


async def clean_letters(scene: Scene, count: int) -> None:
    school = await make_school(5)
    for turn in range(count):
        people, number = 1 + turn % 5, f"安责〔2026〕{100 + turn}号"
        server = scene.server if turn % 3 else None
        letter = await make_letter(school, people, server=server, number=number, extended=turn % 2 == 0)
        verdict = await check(letter.files[-1], letter.expected(school, scene.server), at=SOON)
        assert verdict.is_green, (turn, verdict)


HOSTILE = {
    "nothing": b"",
    "a text": "不是文件".encode() * 99,
    "only a head": b"%PDF-1.7\n",
    "a reference to itself": b"%PDF-1.4\n1 0 obj\n1 0 R\nendobj\nxref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<</Root 1 0 R/Size 2>>\nstartxref\n31\n%%EOF",
    "deep brackets": b"%PDF-1.4\n1 0 obj\n"
    + b"[" * 200_000
    + b"\nendobj\ntrailer\n<</Root 1 0 R/Size 2>>\nstartxref\n9\n%%EOF",
    "a previous table that is this one": b"%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\nxref\n0 2\n0000000000 65535 f \n0000000009 00000 n \ntrailer\n<</Root 1 0 R/Size 2/Prev 43>>\nstartxref\n43\n%%EOF",
    "a huge size": b"%PDF-1.4\nxref\n0 999999999\ntrailer\n<</Root 1 0 R/Size 999999999>>\nstartxref\n9\n%%EOF",
    "chance": random.Random(3).randbytes(200_000),
    "thirty megabytes": b"%PDF-1.7\n" + b"0" * (30 << 20),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_file_is_unreadable_and_harms_nobody(scene, name):
    verdict = await weighed(scene, HOSTILE[name])
    assert verdict.finding is Finding.UNREADABLE
    assert verdict.reasons
    assert (await weighed(scene, scene.pdf)).is_green  # the next file is read as ever


async def test_a_stream_that_unfolds_into_gigabytes_is_no_letter(scene):
    import zlib

    bomb = zlib.compress(zlib.compress(b"\0" * (80 << 20), 9), 9)

    def change(writer: IncrementalPdfFileWriter) -> None:
        stream = generic.StreamObject(encoded_data=bomb)
        stream["/Filter"] = generic.ArrayObject([pdf_name("/FlateDecode"), pdf_name("/FlateDecode")])
        spec = writer.root["/Names"]["/EmbeddedFiles"]["/Names"][1]
        spec["/EF"]["/F"] = writer.add_object(stream)
        writer.update_container(spec)

    verdict = await weighed(scene, added(scene.pdf, change))
    assert verdict.finding in RED


async def test_without_a_register_a_file_only_tells_its_number(scene):
    verdict = await check(scene.pdf, at=SOON)
    assert (verdict.finding, verdict.number) == (Finding.NOT_OURS, scene.letter.number)
    assert not verdict.is_green
