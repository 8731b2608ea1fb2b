"""Signing, sealing, extending, checking: the life of a letter's file, and each way in which it may not go."""

import asyncio
import base64
import json
import os
import re
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from portal.core.crypto import use_keys
from portal.letters.sealing import (
    Cost,
    ExpectedSigner,
    Finding,
    Kind,
    Level,
    Picture,
    Reason,
    Refusal,
    Revoked,
    SealingFailed,
    SealingLate,
    Secret,
    Signing,
    TimeStamping,
    Typed,
    change_secret,
    check,
    extend,
    facts_of,
    issue_certificate,
    new_key,
    passphrase_fault,
    revocation_list,
    room,
    shutdown,
    sign_many,
    unwrap_key,
    wrap_key,
)
from portal.letters.sealing.labels import FINDINGS, KINDS, LEVELS, REASONS, REFUSALS
from portal.letters.sealing.pipe import packed, unpacked
from portal.letters.sealing.plain import Appearance
from portal.letters.sealing.room import pids
from portal.rendering.pdf.limits import MB
from tests.conftest import KEY, run_apart
from tests.letters.sealing_kit import (
    QUICK,
    SCHOOL,
    SECRET,
    START,
    Letter,
    School,
    TimeServer,
    lift,
    make_letter,
    make_school,
    seal_it,
    serving,
    sign_as,
    unsigned,
)

SOON = START + timedelta(hours=1)


@pytest.fixture(scope="module")
def school() -> Iterator[School]:
    use_keys(KEY)
    made: list[School] = []

    async def make() -> None:
        made.append(await make_school(5))

    run_apart(make)
    yield made[0]
    shutdown()


@pytest.fixture(scope="module")
def server() -> Iterator[TimeServer]:
    with serving(TimeServer()) as running:
        yield running


@pytest.mark.parametrize("people", [1, 2, 3, 4, 5])
async def test_one_to_five_sign_the_school_seals_and_the_file_is_the_original(school, server, people):
    letter = await make_letter(school, people, server=server)
    assert letter.levels == [Level.T] * people + [Level.LT, Level.LTA]
    expected = letter.expected(school, server)
    verdict = await check(letter.files[-1], expected, at=SOON)
    assert (verdict.finding, verdict.reasons, verdict.level) == (Finding.ORIGINAL, (), Level.LTA)
    assert (verdict.stage, verdict.number) == ("extended", letter.number)
    *signed, seal, stamp = verdict.signatures
    assert [one.name for one in signed] == [person.name for person in school.people[:people]]
    assert {one.kind for one in signed} == {Kind.PERSON}
    assert (seal.kind, seal.field) == (Kind.SEAL, "seal")
    assert (stamp.kind, stamp.whole_file) == ("time stamp", True)
    assert all(one.intact and one.valid and one.trusted for one in verdict.signatures)
    assert all(one.said_at == one.proven_at == START for one in signed)
    assert (await check(letter.files[people], expected, at=SOON)).is_green  # sealed, not yet extended
    for stage in range(people):
        earlier = await check(letter.files[stage], expected, at=SOON)
        assert (earlier.finding, earlier.stage) == (Finding.EARLIER, f"signed_{stage + 1}")


async def test_the_file_only_grows_and_says_who_may_still_change_it(school, server):
    letter = await make_letter(school, 2, server=server)
    for before, after in zip([letter.draft, *letter.files], letter.files, strict=False):
        assert after.startswith(before)
    assert letter.files[0].count(b"/DocMDP") >= 1
    assert b"/FieldMDP" in letter.files[2]
    assert b"/ETSI.RFC3161" in letter.files[3]


WRONG = {
    "the second before the first": ([], {"turn": 2, "certify": True}, "sealing.out_of_turn"),
    "the first without locking the text": ([], {"turn": 1, "certify": False}, "sealing.first_certifies"),
    "the second as if nobody had signed": ([1], {"turn": 2, "certify": True}, "sealing.not_first"),
    "the third before the second": ([1], {"turn": 3}, "sealing.out_of_turn"),
    "somebody twice": ([1], {"turn": 1, "certify": False}, "sealing.already_signed"),
    "a field that is not there": ([1], {"turn": 2, "field": "party_9"}, "sealing.no_such_field"),
    "the seal before the last": ([1, 2], {"field": "seal", "lock": True}, "sealing.out_of_turn"),
    "the seal first": ([], {"field": "seal", "lock": True}, "sealing.first_certifies"),
    "a person who locks before the others": ([1], {"turn": 2, "lock": True}, "sealing.not_last"),
    "a seal that does not lock": ([1, 2, 3], {"field": "seal", "lock": False}, "sealing.last_locks"),
    "anybody after the seal": ([1, 2, 3, 0], {"turn": 3}, "sealing.already_signed"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_no_wrong_order_is_signed(school, name):
    done, more, code = WRONG[name]
    pdf = unsigned(3)
    for turn in done:
        pdf = (await (sign_as(school, pdf, turn) if turn else seal_it(school, pdf))).pdf
    more = dict(more)
    with pytest.raises(SealingFailed) as refused:
        if more.get("field") == "seal":
            await seal_it(school, pdf, **more)
        else:
            turn = more.pop("turn")
            await sign_as(school, pdf, turn, **({"certify": False} | more))
    assert refused.value.code == code


async def test_nobody_signs_after_the_seal_even_out_of_turn(school):
    pdf = (await sign_as(school, unsigned(2), 1)).pdf
    with pytest.raises(SealingFailed, match="not_last"):
        await seal_it(school, pdf, before=("party_1",))
    letter = await make_letter(school, 1)
    for field in ("party_2", "seal", "party_1"):
        with pytest.raises(SealingFailed, match=r"no_such_field|already_signed"):
            await sign_as(school, letter.files[-1], 2, field=field, before=())


async def test_a_paper_that_bears_the_seal_only_is_sealed_first_and_last(school, server):
    evidence = Letter("安责〔2026〕7号", unsigned(0))
    pdf = evidence.add("sealed", await seal_it(school, evidence.draft, server=server, certify=True))
    evidence.add("extended", await lift(school, pdf, server), final=True)
    evidence.signers.append(ExpectedSigner("seal", ""))
    assert (await check(evidence.files[-1], evidence.expected(school, server), at=SOON)).is_green
    with pytest.raises(SealingFailed, match="already_signed"):
        await seal_it(school, pdf)


async def test_people_of_one_group_sign_in_any_order(school, server):
    pdf = (await sign_as(school, unsigned(3), 1)).pdf
    pdf = (await sign_as(school, pdf, 3, before=("party_1",))).pdf
    pdf = (await sign_as(school, pdf, 2, before=("party_1",))).pdf
    assert (await seal_it(school, pdf)).level is Level.B


async def test_a_principal_signs_many_with_one_secret_and_a_bad_one_keeps_none_from_being_signed(school):
    who = school.people[0]
    files = [unsigned(2), b"%PDF-1.7 nothing", unsigned(3)]
    signings = [Signing(pdf, "party_1", START, certify=True) for pdf in files]
    done = await sign_many(
        signings, wrapped=who.key.wrapped, secret=SECRET, certificate=who.certificate, chain=school.chain
    )
    assert [type(one) for one in done][0::2] != [Refusal, Refusal]
    assert isinstance(done[1], Refusal)
    assert done[1].code == "sealing.broken"
    assert {done[0].level, done[2].level} == {Level.B}


# Secrets


async def test_with_the_row_the_key_file_and_the_code_but_not_the_secret_nobody_signs(school):
    who = school.people[0]
    for guess in ("a stone bridge over quiet wate", "correct horse battery staple", KEY.decode(), who.key.wrapped[:40]):
        with pytest.raises(SealingFailed) as refused:
            unwrap_key(who.key.wrapped, Secret.passphrase(guess))
        assert refused.value.code == "sealing.wrong_secret"
    signing = Signing(unsigned(2), "party_1", START, certify=True)
    with pytest.raises(SealingFailed, match="wrong_secret"):
        await sign_many(
            [signing],
            wrapped=who.key.wrapped,
            secret=Secret.passphrase("some other long words"),
            certificate=who.certificate,
            chain=school.chain,
        )
    key = unwrap_key(who.key.wrapped, SECRET)
    kept = [who.key.wrapped, who.certificate, who.key.public.hex(), school.authority.key_sealed, school.seal.key_sealed]
    opened = json.loads(who.key.wrapped)
    from portal.core.crypto import unseal

    everything = [
        *map(str.encode, kept),
        base64.b64decode(opened["body"]),
        base64.b64decode(unseal(school.authority.key_sealed) or ""),
    ]
    scalar = key[36:68]  # of a P-256 key in PKCS 8
    for place in everything:
        assert scalar not in place
        assert scalar.hex().encode() not in place


async def test_another_key_under_ones_certificate_signs_nothing(school):
    mallory = await new_key(Secret.passphrase("mallory was here before you"), cost=QUICK)
    with pytest.raises(SealingFailed) as refused:
        await sign_many(
            [Signing(unsigned(2), "party_1", START, certify=True)],
            wrapped=mallory.wrapped,
            secret=Secret.passphrase("mallory was here before you"),
            certificate=school.people[0].certificate,
            chain=school.chain,
        )
    assert refused.value.code == "sealing.key_of_another"


def test_a_wrapping_that_was_tampered_with_does_not_open():
    wrapped = wrap_key(b"a key", SECRET, cost=QUICK)
    kept = json.loads(wrapped)
    for change in (
        {"time": 2},
        {"memory": 128},
        {"memory": 1 << 30},
        {"kind": "prf"},
        {"v": 2},
        {"salt": "AAAA"},
        {"body": "?"},
    ):
        with pytest.raises(SealingFailed, match="wrong_secret"):
            unwrap_key(json.dumps(kept | change), SECRET)
    assert unwrap_key(wrapped, SECRET) == b"a key"


def test_a_passkeys_secret_wraps_as_well():
    secret = Secret.prf(bytes(range(32)))
    wrapped = wrap_key(b"a key", secret)
    assert unwrap_key(wrapped, secret) == b"a key"
    for wrong in (Secret.prf(bytes(32)), SECRET):
        with pytest.raises(SealingFailed):
            unwrap_key(wrapped, wrong)
    with pytest.raises(ValueError, match="32"):
        Secret.prf(b"short")


async def test_a_passphrase_is_changed_without_a_new_certificate():
    made = await new_key(SECRET, cost=QUICK)
    new = Secret.passphrase("a wholly different sentence")
    changed = await change_secret(made.wrapped, SECRET, new, cost=QUICK)
    assert unwrap_key(changed, new) == unwrap_key(made.wrapped, SECRET)
    with pytest.raises(SealingFailed):
        unwrap_key(changed, SECRET)


@pytest.mark.parametrize(
    "passphrase",
    ["123456", "1234", "short words", "password1234", "123456789012", "aaaaaaaaaaaa", "abababababab", "qwertyuiop[]"[:12],
     "abcdefghijklmnop", "Password123!!", "anwang202611", "iloveyou1234", "woaini1314520", "qwertyuiopasdf"],
)  # fmt: skip
async def test_short_and_common_passphrases_are_refused(passphrase):
    assert passphrase_fault(passphrase) in ("sealing.passphrase_short", "sealing.passphrase_common")
    with pytest.raises(SealingFailed, match="passphrase"):
        await new_key(Secret.passphrase(passphrase), cost=QUICK)


def test_good_passphrases_pass_and_ones_own_name_does_not():
    assert passphrase_fault("a stone bridge over quiet water") is None
    assert passphrase_fault("清晨的雨落在操场和旧书包上") is None
    assert passphrase_fault("wangxiaoming2026", known=["wangxiaoming"]) == "sealing.passphrase_known"


def test_a_secret_shows_itself_nowhere():
    secret = Secret.passphrase("a stone bridge over quiet water")
    assert "stone" not in repr(secret)
    assert "stone" not in str(Signing(b"", "party_1", START))


def test_the_cost_of_a_guess_is_kept_with_the_key():
    from portal.letters.sealing import COST

    kept = json.loads(wrap_key(b"a key", SECRET, cost=Cost(128, 2)))
    assert (kept["memory"], kept["time"]) == (128, 2)
    assert COST.memory >= 64 * 1024
    assert COST.time >= 3


# Certificates


def test_certificates_are_of_the_school_with_numbers_of_their_own(school):
    facts = [facts_of(person.certificate) for person in school.people]
    assert len({one.serial for one in facts}) == 5
    assert {(one.school, one.kind) for one in facts} == {(SCHOOL, Kind.PERSON)}
    assert facts_of(school.seal.certificate).kind is Kind.SEAL
    authority = x509.load_pem_x509_certificate(school.authority.certificate.encode())
    for person in school.people:
        x509.load_pem_x509_certificate(person.certificate.encode()).verify_directly_issued_by(authority)
    assert authority.not_valid_after_utc > START + timedelta(days=365 * 25)


async def test_a_certificate_that_has_run_out_signs_nothing(school):
    with pytest.raises(SealingFailed) as refused:
        await sign_as(school, unsigned(2), 1, at=START + timedelta(days=400))
    assert refused.value.code == "sealing.certificate_ended"


def test_without_its_key_file_the_authority_issues_nothing(school):
    use_keys(base64.urlsafe_b64encode(b"x" * 32))
    with pytest.raises(SealingFailed, match="no_key"):
        issue_certificate(school.authority, school.people[0].key.public, name="x", school="x", at=START)


async def test_any_seal_of_the_school_will_do_where_no_number_is_told_but_no_person(school, server):
    letter = await make_letter(school, 2, server=server)
    *people, seal = letter.expected(school, server).signers
    for signers, green in (
        ([*people, replace(seal, serial="")], True),
        ([replace(people[0], serial=""), people[1], seal], False),
    ):
        expected = replace(letter.expected(school, server), signers=tuple(signers))
        assert (await check(letter.files[-1], expected, at=SOON)).is_green is green


# The process


async def test_a_secret_stands_on_no_command_line_and_in_no_environment(school):
    await new_key(SECRET, cost=QUICK)
    for pid in pids("signing"):
        for name in ("cmdline", "environ"):
            assert b"stone" not in Path(f"/proc/{pid}/{name}").read_bytes()


async def test_a_process_that_takes_too_long_or_too_much_is_ended_and_replaced(school, monkeypatch):
    shutdown()
    ask = room.Sealer._ask

    def ask_one_that_stands_still(sealer, asked, progress):
        os.kill(sealer.pid, signal.SIGSTOP)  # however fast the machine is, it does not answer in time
        return ask(sealer, asked, progress)

    monkeypatch.setattr(room.Sealer, "_ask", ask_one_that_stands_still)
    monkeypatch.setitem(room._limits, "checking", room.CHECKING._replace(seconds=0.2))
    slow = await check(unsigned(2), at=SOON)
    assert (slow.finding, slow.reasons) == (Finding.UNREADABLE, ("sealing.why_too_slow",))
    monkeypatch.undo()
    shutdown()
    monkeypatch.setitem(room._limits, "signing", room.SIGNING._replace(memory=20 * MB))
    with pytest.raises(SealingLate) as refused:
        await new_key(SECRET)
    assert refused.value.code == "sealing.too_much_memory"
    monkeypatch.undo()
    shutdown()
    assert (await new_key(SECRET, cost=QUICK)).public


async def test_whoever_gives_up_waiting_ends_the_work(school):
    waiting = asyncio.create_task(new_key(SECRET, cost=Cost(256 * 1024, 16)))
    await asyncio.sleep(0.8)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (await new_key(SECRET, cost=QUICK)).public


# Time stamps


async def test_without_a_time_stamp_the_level_is_told_and_lifted_later(school):
    with serving(TimeServer()) as server:
        server.is_down = True
        signed = await sign_as(school, unsigned(1), 1, server=server)
        assert (signed.level, signed.short_of) == (Level.B, "sealing.no_time_stamp")
        letter = Letter("安责〔2026〕7号")
        letter.add("signed_1", signed)
        asked = server.asked
        sealed = await seal_it(school, signed.pdf, server=server)
        assert (sealed.level, server.asked) == (Level.B, asked)  # not asked again at once
        pdf = letter.add("sealed", sealed, final=True)
        with pytest.raises(SealingLate) as late:
            await lift(school, pdf, server)
        assert (late.value.code, late.value.status) == ("sealing.no_time_stamp", 503)
        shutdown()  # another process does not remember that it was down
        server.is_down = False
        lifted = await lift(school, pdf, server)
        letter.add("extended", lifted, final=True)
        verdict = await check(lifted.pdf, replace(letter.expected(school, server), signers=()), at=SOON)
    assert (lifted.level, verdict.finding, verdict.level) == (Level.LTA, Finding.ORIGINAL, Level.LTA)
    assert lifted.pdf.startswith(pdf)


async def test_a_server_that_answers_nonsense_or_is_a_stranger_gives_no_time_stamp(school, monkeypatch):
    with serving(TimeServer()) as server:
        monkeypatch.setattr(server, "answer", lambda _: b"nonsense")
        assert (await sign_as(school, unsigned(2), 1, server=server)).short_of == "sealing.no_time_stamp"
    with serving(TimeServer()) as server:
        stranger = TimeStamping(server.url, (school.authority.certificate,))
        with pytest.raises(SealingLate):
            await extend(
                (await sign_as(school, unsigned(2), 1)).pdf,
                authorities=school.chain,
                revocations=(),
                time_stamping=stranger,
            )
    with pytest.raises(SealingFailed, match="time_stamp_address"):
        await extend(b"", authorities=(), revocations=(), time_stamping=TimeStamping("file:///etc/passwd"))


async def test_a_server_whose_stamps_grow_is_given_more_room(school):
    with serving(TimeServer()) as server:
        first = await sign_as(school, unsigned(2), 1, server=server)
        more = [person.certificate for person in school.people]
        server.also_send(more)
        second = await sign_as(school, first.pdf, 2, server=server)
        sealed = await seal_it(school, second.pdf, server=server)
        assert (second.level, sealed.level) == (Level.T, Level.LT)
        assert (await lift(school, sealed.pdf, server)).level is Level.LTA


async def test_a_stamp_of_a_server_that_is_not_known_neither_helps_nor_harms(school, server):
    letter = await make_letter(school, 2, server=server)
    nobody = replace(letter.expected(school), time_authorities=())
    for stage in (2, 3):
        verdict = await check(letter.files[stage], nobody, at=SOON)
        assert (verdict.finding, verdict.level) == (Finding.ORIGINAL, Level.B), verdict
        assert all(one.proven_at is None for one in verdict.signatures)
    later = await check(letter.files[3], nobody, at=START + 2 * YEAR)
    assert (later.finding, set(later.reasons)) == (Finding.UNPROVEN, {"sealing.why_expired"})
    others = replace(nobody, time_authorities=school.chain)
    assert (await check(letter.files[2], others, at=SOON)).is_green
    assert (await check(letter.files[3], others, at=SOON)).reasons == ("sealing.why_stamp_unknown",)


async def test_nothing_is_extended_before_somebody_has_signed(school, server):
    with pytest.raises(SealingFailed, match="nothing_signed"):
        await lift(school, unsigned(2), server)


# Years later

YEAR = timedelta(days=365)


async def test_two_years_on_b_lt_holds_and_less_does_not(school, server):
    letter = await make_letter(school, 2, server=server)
    later = START + 2 * YEAR  # people's and the seal's certificates ran out a year ago
    offline = replace(letter.expected(school, server), revocations=())
    assert facts_of(school.people[0].certificate).ends_at < later
    sealed = await check(letter.files[2], offline, at=later)
    assert (sealed.finding, sealed.level) == (Finding.ORIGINAL, Level.LT)
    assert (await check(letter.files[3], offline, at=later)).is_green
    plain = await make_letter(school, 2)
    old = await check(plain.files[2], plain.expected(school), at=later)
    assert (old.finding, old.level) == (Finding.UNPROVEN, Level.B)
    assert "sealing.why_expired" in old.reasons


@pytest.mark.parametrize("with_lists", [True, False], ids=["lists of the time authority", "no such lists"])
async def test_ten_years_on_b_lta_holds_if_it_was_renewed(school, server, with_lists, monkeypatch):
    if not with_lists:
        monkeypatch.setattr(TimeServer, "revocations", school.revocations)
    letter = await make_letter(school, 2, server=server)
    with serving(TimeServer(at=START + 3 * YEAR, lives=8 * YEAR)) as second:
        letter.add("renewed", await lift(school, letter.files[3], second), final=True)
    expected = replace(letter.expected(school, server), revocations=())
    later = START + 10 * YEAR
    verdict = await check(letter.files[4], expected, at=later)
    assert (verdict.finding, verdict.level, verdict.reasons) == (Finding.ORIGINAL, Level.LTA, ())
    assert (await check(letter.files[3], expected, at=later)).finding is Finding.UNPROVEN
    assert (await check(letter.files[2], expected, at=later)).finding is Finding.UNPROVEN


async def test_taken_back_afterwards_stays_valid_taken_back_before_does_not(school, server):
    letter = await make_letter(school, 2, server=server)
    serial = school.people[0].serial
    for days, finding in ((5, Finding.ORIGINAL), (-1, Finding.UNPROVEN)):
        revoked = Revoked(serial, START + timedelta(days=days), Reason.COMPROMISED)
        newer = revocation_list(school.authority, [revoked], number=2, at=START + timedelta(days=6))
        expected = replace(letter.expected(school, server), revocations=(newer,))
        verdict = await check(
            letter.files[1],
            replace(expected, registered=(replace(letter.stages[1], final=True),), signers=expected.signers[:2]),
            at=START + timedelta(days=7),
        )
        assert verdict.finding is finding, days
    assert "sealing.why_revoked" in verdict.reasons


# Looks


async def test_a_typed_name_a_picture_and_a_rare_character(school):
    import io

    from PIL import Image, ImageDraw

    picture = Image.new("RGBA", (400, 160), (0, 0, 0, 0))
    ImageDraw.Draw(picture).line((20, 20, 380, 140), fill="black", width=6)
    png = io.BytesIO()
    picture.save(png, "PNG")
    for ink in (Typed("教师〇〇一"), Picture(png.getvalue())):
        signed = await sign_as(school, unsigned(2), 1, appearance=Appearance(ink, "2026年11月23日 10:00"))
        assert len(signed.pdf) - len(unsigned(2)) < 16_000
    with pytest.raises(SealingFailed) as refused:
        await sign_as(school, unsigned(2), 1, appearance=Appearance(Typed("王\U000310c1")))
    assert (refused.value.code, refused.value.params["characters"]) == ("sealing.glyph_missing", "\U000310c1")
    huge = Image.new("1", (6000, 6000))
    png = io.BytesIO()
    huge.save(png, "PNG")
    for bad in (png.getvalue(), b"no picture"):
        with pytest.raises(SealingFailed, match="picture"):
            await sign_as(school, unsigned(2), 1, appearance=Appearance(Picture(bad)))


# The house


def test_what_goes_over_the_pipe_comes_out_the_same_and_nothing_else_is_built(school):
    signing = Signing(
        b"%PDF", "party_1", START, revocations=(b"a", b"b"), time_stamping=TimeStamping("http://x/", ("c",))
    )
    assert unpacked(packed(signing)) == signing
    with pytest.raises((KeyError, ValueError)):
        unpacked(packed(signing).replace(b'"Signing"', b'"Popen!!"'))
    with pytest.raises(ValueError, match="Path"):
        packed(Path("/"))


def test_every_code_has_its_sentence():
    folder = Path("portal/letters/sealing")
    text = "".join(file.read_text("utf-8") for file in folder.glob("*.py") if file.name != "labels.py")
    codes = set(re.findall(r'"(sealing\.\w+)"', text)) - {"sealing.", "sealing.why_"}
    reasons = {code for code in codes if code.startswith("sealing.why_")}
    assert reasons <= REASONS.keys()
    assert codes - reasons <= REFUSALS.keys()
    assert FINDINGS.keys() == set(Finding)
    assert LEVELS.keys() == set(Level)
    assert KINDS.keys() == {*Kind, "time stamp", "stranger"}


async def test_a_web_process_signs_and_checks_without_loading_pyhanko():
    import subprocess
    import sys

    code = "import sys, portal.letters.sealing as s, portal.letters.sealing.room\nprint([m for m in ('pyhanko','asn1crypto','lxml','aiohttp','weasyprint','PIL','fontTools') if m in sys.modules])"
    ran = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "[]"
