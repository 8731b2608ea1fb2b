"""A school's certificates are renewed before they run out, and old letters are checked by the old ones (F7, TP5)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from portal.core.clock import now
from portal.core.database import execute, fetch_column, fetch_value
from portal.letters import sealing
from portal.letters.lasting.rules import AUTHORITY_AHEAD, SEAL_AHEAD, is_ending
from portal.letters.lasting.services import certificates
from portal.letters.lasting.services.certificates import renew_certificates, seal_of, trusted_of
from portal.letters.sealing import Reason, facts_of
from portal.letters.sealing.certificates import AUTHORITY_LIVES, SEAL_LIVES
from portal.letters.services.keys import end_key, office_of
from portal.letters.verification.checking import check_file
from portal.settings import Settings
from tasks.lasting import sweep_certificates
from tests.cast import Cast
from tests.conftest import START, MovingClock
from tests.letters.letter_stories import with_wording
from tests.letters.verifying_kit import _signers, complete, drafted, sealed, signed_by

NAME = "安全责任书专用章"
YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def ended() -> Iterator[None]:
    yield
    sealing.shutdown()


@pytest.fixture(autouse=True)
async def shared(cast: Cast) -> None:
    await with_wording()


async def fresh_keys() -> None:
    """People's certificates end after three years: they make new ones."""
    _signers.clear()
    await execute("UPDATE signing_key SET ended_at = {}, end_reason = 'lost' WHERE ended_at IS NULL", now())


def test_nothing_that_an_authority_gave_outlives_it() -> None:
    assert AUTHORITY_AHEAD > SEAL_LIVES and AUTHORITY_AHEAD < AUTHORITY_LIVES
    assert is_ending(START + SEAL_AHEAD, at=START, ahead=SEAL_AHEAD)
    assert not is_ending(START + SEAL_AHEAD + timedelta(seconds=1), at=START, ahead=SEAL_AHEAD)


async def test_the_seal_is_renewed_once_and_a_letter_of_the_old_one_is_checked(
    cast: Cast, settings: Settings, clock: MovingClock
) -> None:
    made = await complete(cast, settings)
    await execute("UPDATE letter SET ends_at = {} WHERE id = {}", now() + 20 * YEAR, made.id)
    before = await office_of(cast.school, seal_name=NAME)
    assert await renew_certificates(cast.school, seal_name=NAME) == []
    clock.set(facts_of(before.seal.certificate).ends_at - timedelta(days=80))
    assert await sweep_certificates(settings, now()) == 1 and await sweep_certificates(settings, now()) == 0
    after = await office_of(cast.school, seal_name=NAME)
    assert after.seal != before.seal and after.authority == before.authority
    assert facts_of(after.seal.certificate).name == NAME
    assert await seal_of(after, START) == before.seal.certificate
    assert await seal_of(after, now() + timedelta(days=1)) == after.seal.certificate
    assert await fetch_column("SELECT key_sealed FROM signing_ended") == [None], "its key is gone"
    assert await fetch_column("SELECT kind FROM event WHERE kind = 'signing_certificate.renewed'")
    found = await check_file(made.final, code="", settings=settings)
    assert found.is_green and found.known_at is not None, "by the register: it bears no time stamp"
    await fresh_keys()
    younger = await sealed(await signed_by(await drafted(cast, settings, "贾后来"), cast))
    assert (await check_file(younger.final, code="", settings=settings)).is_green


@pytest.mark.parametrize("years", [2, 10])
async def test_years_after_its_authority_was_renewed_a_letter_holds_and_a_lost_key_is_on_the_old_list(
    cast: Cast, settings: Settings, clock: MovingClock, monkeypatch: pytest.MonkeyPatch, years: int
) -> None:
    made = await complete(cast, settings)
    await execute("UPDATE letter SET ends_at = {} WHERE id = {}", now() + 20 * YEAR, made.id)
    before = await office_of(cast.school, seal_name=NAME)
    monkeypatch.setattr(certificates, "AUTHORITY_AHEAD", AUTHORITY_LIVES)  # as if thirty years had passed
    assert await renew_certificates(cast.school, seal_name=NAME) == ["authority", "seal"]
    monkeypatch.setattr(certificates, "AUTHORITY_AHEAD", timedelta(0))
    after = await office_of(cast.school, seal_name=NAME)
    trusted = await trusted_of(after)
    assert trusted.authorities == (after.authority.certificate, before.authority.certificate)
    clock.forward(days=1)
    signer = (await made.whole()).parties[1].person_id
    assert await end_key(Reason.LOST, by=await cast.actor(signer))
    serial = await fetch_value("SELECT serial FROM signing_key WHERE person_id = {}", signer)
    lists = [x509.load_der_x509_crl(one) for one in (await trusted_of(after)).lists]
    old = lists[1].get_revoked_certificate_by_serial_number(int(serial, 16))
    key = x509.load_pem_x509_certificate(before.authority.certificate.encode()).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert old is not None and lists[1].is_signature_valid(key)
    clock.forward(days=365 * years)
    found = await check_file(made.final, code="", settings=settings)
    assert found.is_green and found.known_at is not None
    assert not (await check_file(made.final + b" ", code="", settings=settings)).is_green
    assert await sweep_certificates(settings, now()) == (years > 4), "the seal lives for five years"
    await fresh_keys()
    younger = await sealed(await signed_by(await drafted(cast, settings, "贾后来"), cast))
    assert (await check_file(younger.final, code="", settings=settings)).is_green
