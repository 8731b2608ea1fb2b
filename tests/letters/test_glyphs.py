"""Every standard character and rare names on each paper and in each signature: none is missing, or it is told (F11).

`standard_characters.txt`: the 8,105 characters of the table of 2013 in its order (three public copies agree).
"""

import hashlib
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pypdf
import pytest

from portal.core.crypto import use_keys
from portal.letters.document import Evidence, Evidenced, LetterText, evidence_pdf, letter_pdf, letter_printed
from portal.letters.sealing.plain import Appearance, Signing, Stamp, Typed
from portal.letters.sealing.wrapping import SealingFailed
from portal.rendering.pdf import PdfFailed
from portal.rendering.pdf import shutdown as end_printing
from tests.conftest import KEY
from tests.letters.document_kit import KINDS, a_letter
from tests.letters.sealing_kit import START, make_school, unsigned

STANDARD = (Path(__file__).parent / "standard_characters.txt").read_text("utf-8").replace("\n", "")
RARE = "䶮㛃𬱖𠮷𬀩𠅤"
NOBODYS = "\U000310c1"
AT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def processes() -> Iterator[None]:
    yield
    end_printing()


def words(pdf: bytes) -> str:
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages))


def evidence(note: str, name: str = "教师022") -> Evidence:
    one = Evidenced("party_1", "乙方", "室管员", name, AT, "本校自建证书的电子签名", "带时间戳")
    return Evidence("安责〔2026〕0018号", "责任书", "示范学校", "ab" * 32, (one,), note=note)


def test_the_table_is_whole():
    assert len(STANDARD) == len(set(STANDARD)) == 8105
    assert (STANDARD[0], STANDARD[-1]) == ("一", "蠼")


async def test_a_letter_prints_every_standard_character():
    text = a_letter(boundary=STANDARD)
    said = words(await letter_pdf(text))
    assert [sign for sign in STANDARD if sign not in said] == []
    assert STANDARD[:40] in said


async def test_the_record_of_signing_prints_every_standard_character():
    said = words(await evidence_pdf(evidence(STANDARD)))
    assert [sign for sign in STANDARD if sign not in said] == []


def test_a_signature_draws_every_standard_character():
    """Whether it can is asked of each; a dose is drawn."""
    from portal.letters.sealing.drawing import _is_known

    assert [sign for sign in STANDARD if not _is_known(sign)] == []
    _draw(STANDARD[::31])


@pytest.mark.faults
def test_a_signature_really_draws_all_of_them():
    _draw(STANDARD)


def _draw(signs: str) -> None:
    from portal.letters.sealing.drawing import style_of

    for at in range(0, len(signs), 40):
        style_of(Appearance(Typed(signs[at : at + 40]), signs[at : at + 40]), 140, 56)
    style_of(Appearance(Stamp("示范学校", "学校章"), "2026年11月23日"), 140, 56)


@pytest.mark.parametrize("sign", RARE)
async def test_rare_names_stand_everywhere(sign):
    from portal.letters.sealing.drawing import style_of

    name = f"王{sign}"
    assert name in words(await letter_pdf(a_letter(taker={"unit": "", "post": "室管员", "name": name})))
    assert name in words(await evidence_pdf(evidence("", name)))
    style_of(Appearance(Typed(name), f"{name} 签"), 140, 56)


async def test_a_rare_name_is_drawn_by_the_signing_process_within_its_limits():
    from portal.letters.sealing import shutdown, sign

    use_keys(KEY)
    school = await make_school(1)
    who = school.people[0]
    signing = Signing(unsigned(1), "party_1", START, certify=True, appearance=Appearance(Typed("王𠮷"), "王𠮷 签"))
    signed = await sign(
        signing, wrapped=who.key.wrapped, secret=who.secret, certificate=who.certificate, chain=school.chain
    )
    shutdown()
    assert len(signed.pdf) < len(signing.pdf) + 60_000


async def test_what_nobody_has_is_told_by_its_sign_everywhere():
    from portal.letters.sealing.drawing import style_of

    name = f"王{NOBODYS}"
    with pytest.raises(PdfFailed) as letter:
        await letter_pdf(a_letter(taker={"unit": "", "post": "室管员", "name": name}))
    with pytest.raises(PdfFailed) as record:
        await evidence_pdf(evidence("", name))
    with pytest.raises(SealingFailed) as drawn:
        style_of(Appearance(Typed(name)), 140, 56)
    for refused in (letter, record, drawn):
        assert refused.value.code.endswith("glyph_missing")
        assert refused.value.params["characters"] == NOBODYS


async def test_letters_made_twice_are_the_same():
    """Five, by two processes, the second one in another order."""
    first = [await letter_printed(numbered(turn)) for turn in range(5)]
    end_printing()
    assert [await letter_printed(numbered(turn)) for turn in (4, 3, 2, 1, 0)] == first[::-1]


@pytest.mark.faults
@pytest.mark.timeout(900)
async def test_a_thousand_letters_made_twice_are_the_same():
    rounds = []
    for order in (range(1000), reversed(range(1000))):
        end_printing()
        rounds.append({turn: hashlib.sha256((await letter_printed(numbered(turn))).pdf).digest() for turn in order})
    assert rounds[0] == rounds[1]


def numbered(turn: int) -> LetterText:
    return a_letter(KINDS[turn % 7], number=f"安责〔2026〕{turn:04d}号", duties=turn % 3 * 4)
