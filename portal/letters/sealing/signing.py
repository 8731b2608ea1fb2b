"""Puts signatures into prepared fields, with pyHanko. Imported by the sealing process only (TP3, TP5, TP6).

The file is only ever added to; what was given in is untouched, so a step that fails leaves the previous good file.
"""

import hashlib
import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from asn1crypto import crl, x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    enumerate_sig_fields,
)
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner, PdfSigningSession, PdfTimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

from portal.letters.sealing.drawing import style_of
from portal.letters.sealing.plain import SEAL_FIELD, Extend, Level, Refusal, SignAll, Signed, Signing
from portal.letters.sealing.stamping import Stamper, certificates_of, stamper_of
from portal.letters.sealing.wrapping import SealingFailed, SealingLate

DIGEST = "sha256"
ABOUT_CMS = 1100  # bytes of a signature apart from its certificates and its time stamp
SPARE = 256
AMPLE = 8 * 1024
TURN = re.compile(r"party_(\d+)")
NO_STAMP = "sealing.no_time_stamp"


class OwnSigner(Signer):
    """A signer whose key is parsed once, not at every signature."""

    def __init__(self, key: bytes, certificate: x509.Certificate, chain: Sequence[x509.Certificate]) -> None:
        registry = SimpleCertificateStore()
        registry.register_multiple(chain)
        super().__init__(signing_cert=certificate, cert_registry=registry, embed_roots=False)
        opened = load_der_private_key(key, password=None)
        if not isinstance(opened, ec.EllipticCurvePrivateKey):
            raise SealingFailed("sealing.wrong_kind_of_key")
        if opened.public_key().public_numbers() != _public(certificate):
            raise SealingFailed("sealing.key_of_another")
        self._key = opened
        self.size = len(certificate.dump()) + sum(len(one.dump()) for one in chain if one.self_signed == "no")

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """ECDSA over SHA-256."""
        assert digest_algorithm == DIGEST
        return bytes(72) if dry_run else self._key.sign(data, ec.ECDSA(SHA256()))


class TimedSigner(PdfSigner):
    """A signer whose clock is the portal's."""

    at: datetime

    def init_signing_session(self, pdf_out: Any, existing_fields_only: bool = False) -> PdfSigningSession:
        """pyHanko's session, at our moment."""
        session = super().init_signing_session(pdf_out, existing_fields_only=existing_fields_only)
        session.system_time = self.at
        return session


async def sign_all(asked: SignAll, key: bytes) -> list[Signed | Refusal]:
    """Each file signed, or why it was not: one bad file keeps no other from being signed (F5)."""
    certificate, chain = certificates_of([asked.certificate])[0], certificates_of(asked.chain)
    signer = OwnSigner(key, certificate, chain)
    done: list[Signed | Refusal] = []
    for signing in asked.signings:
        try:
            done.append(await sign_one(signing, signer, chain))
        except SealingFailed as refused:
            done.append(Refusal(refused.code, refused.params))
        except (PdfError, SigningError, ValueError, KeyError, TypeError, AttributeError) as error:
            done.append(Refusal("sealing.broken", {"kind": type(error).__name__}))
    return done


async def sign_one(signing: Signing, signer: OwnSigner, chain: Sequence[x509.Certificate]) -> Signed:
    """One signature. A time-stamp server that does not answer lowers the level and is told, never hidden (F20)."""
    stamper, short_of = None, None
    if signing.time_stamping:
        stamper, short_of = await _awake(signing.time_stamping)
    try:
        try:
            pdf = await _with(signing, signer, chain, stamper)
        except SigningError:  # a server's stamps may grow from one answer to the next: once more, with ample room
            pdf = await _with(signing, signer, chain, stamper, spare=AMPLE)
    except TimestampRequestError:
        stamper, short_of = None, NO_STAMP
        pdf = await _with(signing, signer, chain, None)
    level = Level.B if stamper is None else Level.LT if signing.revocations else Level.T
    return Signed(pdf, level, hashlib.sha256(pdf).hexdigest(), short_of)


async def _awake(where: Any) -> tuple[Stamper | None, str | None]:
    """The server, if it answers; its first answer also tells how much room a stamp takes."""
    stamper = stamper_of(where)
    try:
        await stamper.async_dummy_response(DIGEST)
    except TimestampRequestError:
        return None, NO_STAMP
    return stamper, None


async def _with(
    signing: Signing,
    signer: OwnSigner,
    chain: Sequence[x509.Certificate],
    stamper: Stamper | None,
    spare: int = SPARE,
) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(signing.pdf))
    box = check_turn(writer, signing)
    if signing.certify:
        lock_by_seal(writer)
    if signing.revocations:
        keep_for_later(writer, [*chain, *(stamper.cert_registry if stamper else ())], signing.revocations)
    meta = PdfSignatureMetadata(
        field_name=signing.field,
        md_algorithm=DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        reason=signing.reason,
        location=signing.place,
        certify=signing.certify,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    pen = TimedSigner(meta, signer, timestamper=stamper, stamp_style=style_of(signing.appearance, *box))
    pen.at = signing.at.astimezone(UTC).replace(microsecond=0)
    out = io.BytesIO()
    room = 2 * (ABOUT_CMS + signer.size + spare + await _size_of_stamp(stamper))
    await pen.async_sign_pdf(writer, existing_fields_only=True, bytes_reserved=room, output=out)
    return out.getvalue()


async def _size_of_stamp(stamper: Stamper | None) -> int:
    return len((await stamper.async_dummy_response(DIGEST)).dump()) if stamper else 0


def check_turn(writer: IncrementalPdfFileWriter, signing: Signing) -> tuple[float, float]:
    """Refuses a signature that is not this field's turn; gives the size of the field, in points.

    Codes: `sealing.no_such_field`, `already_signed`, `locked`, `not_first`, `first_certifies`, `out_of_turn`,
    `not_last`, `last_locks`, `no_lock`.
    """
    fields = {name: (value, ref.get_object()) for name, value, ref in enumerate_sig_fields(writer)}
    if signing.field not in fields:
        raise SealingFailed("sealing.no_such_field", field=signing.field)
    value, field = fields[signing.field]
    people = sorted((name for name in fields if turn_of(name)), key=turn_of)
    signed = {name for name in fields if fields[name][0] is not None}
    if value is not None:
        raise SealingFailed("sealing.already_signed", field=signing.field)
    if any("/Lock" in fields[name][1] for name in signed):
        raise SealingFailed("sealing.locked")
    if signing.certify and signed:
        raise SealingFailed("sealing.not_first", field=signing.field)
    if not signing.certify and not signed:
        raise SealingFailed("sealing.first_certifies", field=signing.field)
    before = people[: people.index(signing.field)] if signing.before is None else signing.before
    if missing := [name for name in before if name not in signed]:
        raise SealingFailed("sealing.out_of_turn", field=signing.field, missing=missing[0])
    if signing.lock and any(name not in signed for name in people if name != signing.field):
        raise SealingFailed("sealing.not_last", field=signing.field)
    if signing.lock is not ("/Lock" in field) and not signing.certify:
        raise SealingFailed("sealing.no_lock" if signing.lock else "sealing.last_locks", field=signing.field)
    left, low, right, high = (float(number) for number in field["/Rect"])
    return abs(right - left), abs(high - low)


def turn_of(name: str) -> tuple[int, ...]:
    """Where a field stands in the order of signing; empty for one that is not of ours (a time stamp's)."""
    if found := TURN.fullmatch(name):
        return 1, int(found[1])
    return {"witness": (2,), SEAL_FIELD: (3,)}.get(name, ())


def lock_by_seal(writer: IncrementalPdfFileWriter) -> None:
    """Says before the first signature that the seal's ends all changes; afterwards it could not be said any more."""
    for _, _, ref in enumerate_sig_fields(writer, filled_status=False, with_name=SEAL_FIELD):
        field = ref.get_object()
        if "/Lock" not in field:
            everything = FieldMDPSpec(FieldMDPAction.ALL)
            spec = SigFieldSpec(SEAL_FIELD, field_mdp_spec=everything, doc_mdp_update_value=MDPPerm.NO_CHANGES)
            field[pdf_name("/Lock")] = writer.add_object(spec.format_lock_dictionary())
            writer.mark_update(ref)


def keep_for_later(
    writer: IncrementalPdfFileWriter, certificates: Sequence[x509.Certificate], revocations: Sequence[bytes]
) -> None:
    """Puts in the revision under way what a check needs when the certificates have run out (B-LT)."""
    lists = [crl.CertificateList.load(data) for data in revocations]
    DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=certificates, crls=lists)


async def extend(asked: Extend) -> Signed:
    """A document time stamp over the whole file and what a later check needs: B-LTA.

    The stamp is the last thing in the file, so that it covers all of it. Doing it again renews it (TP5).
    Refused: `sealing.nothing_signed`; `sealing.no_time_stamp` (later), the file then stays as it is.
    """
    if next(enumerate_sig_fields(PdfFileReader(io.BytesIO(asked.pdf)), filled_status=True), None) is None:
        raise SealingFailed("sealing.nothing_signed")
    stamper, short_of = await _awake(asked.time_stamping)
    if stamper is None:
        raise SealingLate(short_of or NO_STAMP)
    try:
        try:
            pdf = await _extended(asked, stamper, SPARE)
        except SigningError:
            pdf = await _extended(asked, stamper, AMPLE)
    except TimestampRequestError:
        raise SealingLate(NO_STAMP) from None
    return Signed(pdf, Level.LTA, hashlib.sha256(pdf).hexdigest(), stamp_ends_at=stamper.ends_at)


async def _extended(asked: Extend, stamper: Stamper, spare: int) -> bytes:
    writer, out = IncrementalPdfFileWriter(io.BytesIO(asked.pdf)), io.BytesIO()
    keep_for_later(
        writer, [*certificates_of(asked.authorities), *stamper.roots, *stamper.cert_registry], asked.revocations
    )
    room = 2 * (await _size_of_stamp(stamper) + spare)
    await PdfTimeStamper(stamper).async_timestamp_pdf(writer, DIGEST, bytes_reserved=room, output=out)
    return out.getvalue()


def _public(certificate: x509.Certificate) -> ec.EllipticCurvePublicNumbers:
    from cryptography.x509 import load_der_x509_certificate

    public = load_der_x509_certificate(certificate.dump()).public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise SealingFailed("sealing.wrong_kind_of_key")
    return public.public_numbers()
