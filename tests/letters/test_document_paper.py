"""Letters on paper: each kind, the same bytes, one page, fields that are signed, rare names, size."""

import hashlib
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pypdf
import pytest

from portal.core.crypto import use_keys
from portal.letters.document import (
    Evidence,
    Evidenced,
    digest_of,
    evidence_pdf,
    filled,
    from_json,
    letter_pdf,
    shipped_wordings,
    to_json,
)
from portal.letters.sealing import Expected, ExpectedSigner, Finding, Registered, check, facts_of
from portal.letters.sealing import shutdown as end_sealing
from portal.rendering.pdf import PdfFailed
from portal.rendering.pdf import shutdown as end_printing
from portal.rendering.pdf.limits import Limits
from portal.rendering.pdf.press import Press
from tests.conftest import KEY, run_apart
from tests.letters.document_kit import KINDS, a_letter, facts
from tests.letters.sealing_kit import START, School, TimeServer, lift, make_school, seal_it, serving, sign_as


@pytest.fixture(scope="module", autouse=True)
def processes() -> Iterator[None]:
    yield
    end_printing()
    end_sealing()


@pytest.fixture(scope="module")
def school() -> School:
    use_keys(KEY)
    made: list[School] = []

    async def make() -> None:
        made.append(await make_school(3))

    run_apart(make)
    return made[0]


def opened(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def words(pdf: bytes) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in opened(pdf).pages))


@pytest.mark.parametrize("kind", KINDS)
async def test_each_kind_is_printed_on_its_pages_and_holds_itself(kind):
    text = a_letter(kind)
    pdf = await letter_pdf(text)
    reader = opened(pdf)
    assert len(reader.pages) == (2 if text.tables else 1)
    assert reader.attachments["letter.json"] == [to_json(text).encode()]
    assert from_json(reader.attachments["letter.json"][0].decode()) == text
    assert reader.metadata.title == f"{text.title} {text.number}"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    said = words(pdf)
    short = digest_of(text)[:16]
    assert said.count(short) >= len(reader.pages)
    for line in [text.title, text.number, *(one.text for one in text.provisions), *(one.text for one in text.duties)]:
        assert re.sub(r"\s", "", line) in said
    assert len(pdf) < 120_000


async def test_the_same_text_gives_the_same_bytes_in_whichever_process():
    text = a_letter()
    first = await letter_pdf(text)
    await letter_pdf(a_letter("fire"))
    assert await letter_pdf(text) == first
    end_printing()
    assert hashlib.sha256(await letter_pdf(text)).digest() == hashlib.sha256(first).digest()
    assert await letter_pdf(a_letter(number="安责〔2026〕0019号")) != first


async def test_eight_duties_are_one_page_and_more_go_to_the_annex():
    for fields in (2, 3, 5):
        text = a_letter(duties=8)
        more = [replace(text.fields[0], name=f"party_{turn}") for turn in range(1, fields + 1)]
        assert len(opened(await letter_pdf(replace(text, fields=(*more, text.fields[-1])))).pages) == 1, fields
    many = await letter_pdf(a_letter(duties=30))
    assert len(opened(many).pages) == 2
    assert "附页" in words(many)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "class"])
async def test_empty_fields_stand_in_signing_order_within_the_page(kind):
    text = a_letter(kind, witness={"unit": "", "post": "安全办公室", "name": "教师007"})
    reader = opened(await letter_pdf(text))
    form = [one.get_object() for one in reader.trailer["/Root"]["/AcroForm"]["/Fields"]]
    assert [one["/T"] for one in form] == ["party_1", "party_2", "party_3", "seal"]
    for one, who in zip(form, text.fields, strict=True):
        assert one["/TU"] == f"{who.label} {who.post} {who.person}".strip()
        left, low, right, top = (float(side) for side in one["/Rect"])
        assert 60 < left < right < 535
        assert 40 < low < top < 800
        assert right - left == pytest.approx(111, abs=3)  # four beside each other
        assert top - low == pytest.approx(56.7, abs=2)
        assert "/V" not in one


@pytest.mark.parametrize("kind", ["post", "fire", "guards"])
async def test_it_is_signed_sealed_and_found_to_be_the_original(school, kind):
    text = a_letter(kind)
    pdf = await letter_pdf(text)
    stages, signers = [], []
    with serving(TimeServer()) as server:
        for turn in (1, 2):
            signed = await sign_as(school, pdf, turn, server=server)
            assert signed.pdf.startswith(pdf)
            pdf = signed.pdf
            stages.append(Registered(signed.digest, f"signed_{turn}"))
            signers.append(ExpectedSigner(f"party_{turn}", school.people[turn - 1].serial))
        sealed = await seal_it(school, pdf, server=server)
        extended = await lift(school, sealed.pdf, server)
    signers.append(ExpectedSigner("seal", facts_of(school.seal.certificate).serial))
    stages += [Registered(sealed.digest, "sealed", True), Registered(extended.digest, "extended", True)]
    expected = Expected(
        registered=tuple(stages), signers=tuple(signers), number=text.number, authorities=school.chain,
        time_authorities=(server.root,), revocations=(school.revocations,),
    )  # fmt: skip
    for done in (sealed, extended):
        verdict = await check(done.pdf, expected, at=START + timedelta(hours=1))
        assert (verdict.finding, verdict.reasons) == (Finding.ORIGINAL, ())
        assert verdict.number == text.number
    assert len(sealed.pdf) <= 150_000
    assert from_json(opened(extended.pdf).attachments["letter.json"][0].decode()) == text


async def test_a_dose_of_all_standard_characters_is_printed():
    cells = [bytes([row, cell]).decode("gb2312", "ignore") for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)]
    dose = "".join(sign for sign in cells if sign)[::11]
    assert len(dose) > 600
    assert dose in words(await letter_pdf(a_letter(boundary=dose)))


async def test_rare_names_are_printed_and_what_has_no_glyph_is_told():
    for name in "䶮㛃𬱖𠮷":
        text = a_letter(taker={"unit": "", "post": "室管员", "name": f"王{name}"})
        assert f"王{name}" in words(await letter_pdf(text))
    with pytest.raises(PdfFailed) as refused:
        await letter_pdf(a_letter(taker={"unit": "", "post": "室管员", "name": "王\U000310c1\U000323b0"}))
    assert refused.value.code == "pdf.glyph_missing"


async def test_a_place_to_sign_that_is_not_on_the_paper_is_refused():
    from portal.rendering.pdf import EmptyField, Extras

    press = Press(limits=Limits())
    try:
        with pytest.raises(PdfFailed) as refused:
            await press.set(["<p>x"], lambda _: None, Extras("00" * 16, fields=(EmptyField("party_1"),)))
    finally:
        press.close()
    assert (refused.value.code, refused.value.params) == ("pdf.field_missing", {"names": "party_1"})


async def test_the_evidence_is_a_paper_of_its_own():
    at = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    one = Evidenced(
        field="party_1", label="乙方", post="室管员", name="教师022", signed_at=at, method="本校自建证书的电子签名",
        level="带时间戳", network="203.0.113.0/24", device="手机", consent_edition=1, opened_at=at, file_digest="ab" * 32,
    )  # fmt: skip
    evidence = Evidence(
        "安责〔2026〕0018号", "安全责任书", "安网示范学校", "cd" * 32, (one, replace(one, name="教师019"))
    )
    pdf = await evidence_pdf(evidence)
    assert pdf == await evidence_pdf(evidence)
    said = words(pdf)
    for part in ("教师022", "教师019", "203.0.113.0/24", "2026年11月23日", "10:00", "ab" * 32, "cd" * 32):
        assert part in said
    kept = json.loads(opened(pdf).attachments["evidence.json"][0])
    assert kept["signers"][0]["signed_at"] == "2026-11-23T02:00:00+00:00"


def test_shipped_kinds_are_all_tried():
    assert {one.kind for one in shipped_wordings()} == set(KINDS)
    assert facts()
    assert filled(shipped_wordings()[0], facts())
