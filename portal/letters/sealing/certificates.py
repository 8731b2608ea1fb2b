"""A school's own certificate authority: its certificate, those of its people and its seal, its list of taken-back ones.

It proves that a file was not altered and what the portal noted about who signed when, not more: it is no licensed
authority, and the letter says so. EC P-256 throughout. Keys of the authority and of the seal are sealed by the portal's
key file (TO1); a person's key never passes through here, only its public half.
"""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from portal.core.crypto import seal, unseal
from portal.letters.sealing.wrapping import SealingFailed

AUTHORITY_LIVES = timedelta(days=30 * 365)
PERSON_LIVES = timedelta(days=3 * 365)
SEAL_LIVES = timedelta(days=5 * 365)
LIST_LIVES = timedelta(days=40)
BEFORE = timedelta(minutes=5)  # clocks of others may be a little behind
LONGEST_NAME = 64  # of a name in a certificate


class Kind(StrEnum):
    """Whose key it is. Stands in the certificate (OU), so that a seal never passes for a person (TP3)."""

    PERSON = "person"
    SEAL = "organisation seal"


class Reason(StrEnum):
    """Why a certificate was taken back. With `COMPROMISED` others may have signed with the key."""

    LOST = "superseded"
    COMPROMISED = "keyCompromise"
    LEFT = "cessationOfOperation"


@dataclass(frozen=True)
class Authority:
    """A school's authority as it is kept: its certificate (PEM) and its key, sealed by the key file."""

    certificate: str
    key_sealed: str = field(repr=False)


@dataclass(frozen=True)
class SealKey:
    """The school's seal (a seal of the organisation, never a person's signature) as it is kept."""

    certificate: str
    key_sealed: str = field(repr=False)

    def key(self) -> bytes:
        """Its private key (DER), to seal with. Refused when no key of the key file opens it (`sealing.no_key`)."""
        return _unsealed(self.key_sealed)


@dataclass(frozen=True)
class Revoked:
    """A certificate that was taken back: its number, from when, why."""

    serial: str
    at: datetime
    reason: Reason = Reason.LOST


@dataclass(frozen=True)
class CertificateFacts:
    """What a certificate says. `serial` is its number in hexadecimal."""

    serial: str
    name: str
    school: str
    kind: Kind | None
    starts_at: datetime
    ends_at: datetime


def make_authority(name: str, *, at: datetime, lives: timedelta = AUTHORITY_LIVES) -> Authority:
    """A new authority, signed by itself. `name` is the school's (F7)."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _named(name, name, "certificate authority")
    usage = _usage(key_cert_sign=True, crl_sign=True)
    made = (
        _builder(subject, subject, key.public_key(), at, lives)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, SHA256())
    )
    return Authority(_pem(made), _sealed(key))


def issue_certificate(
    authority: Authority,
    public_key: bytes,
    *,
    name: str,
    school: str,
    at: datetime,
    kind: Kind = Kind.PERSON,
    lives: timedelta = PERSON_LIVES,
) -> str:
    """A certificate (PEM) with a number of its own for a public key (DER, as `NewKey.public` gives it).

    Refused: a key that is not EC P-256 (`sealing.wrong_kind_of_key`).
    """
    public = load_der_public_key(public_key)
    if not isinstance(public, ec.EllipticCurvePublicKey) or public.curve.name != "secp256r1":
        raise SealingFailed("sealing.wrong_kind_of_key")
    own, key = _opened(authority)
    usage = _usage(digital_signature=True, content_commitment=True)
    made = (
        _builder(_named(name, school, kind.value), own.subject, public, at, lives)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )
    return _pem(made)


DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")


def make_seal(authority: Authority, *, name: str, school: str, at: datetime, lives: timedelta = SEAL_LIVES) -> SealKey:
    """The school's seal: a key of the organisation. `name` says that it is a seal, in the caller's words."""
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    certificate = issue_certificate(authority, public, name=name, school=school, at=at, kind=Kind.SEAL, lives=lives)
    return SealKey(certificate, _sealed(key))


def revocation_list(
    authority: Authority, revoked: Sequence[Revoked], *, number: int, at: datetime, lives: timedelta = LIST_LIVES
) -> bytes:
    """The list of taken-back certificates (DER), good until `at + lives`; `number` rises with each list (TP5)."""
    own, key = _opened(authority)
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(own.subject)
        .last_update(at)
        .next_update(at + lives)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    for one in revoked:
        made = made.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(int(one.serial, 16))
            .revocation_date(one.at)
            .add_extension(x509.CRLReason(x509.ReasonFlags(one.reason.value)), critical=False)
            .build()
        )
    return made.sign(key, SHA256()).public_bytes(Encoding.DER)


def facts_of(certificate: str) -> CertificateFacts:
    """What stands in a certificate (PEM)."""
    read = x509.load_pem_x509_certificate(certificate.encode())
    unit = _first(read, NameOID.ORGANIZATIONAL_UNIT_NAME)
    return CertificateFacts(
        serial=f"{read.serial_number:x}",
        name=_first(read, NameOID.COMMON_NAME),
        school=_first(read, NameOID.ORGANIZATION_NAME),
        kind=Kind(unit) if unit in set(Kind) else None,
        starts_at=read.not_valid_before_utc.astimezone(UTC),
        ends_at=read.not_valid_after_utc.astimezone(UTC),
    )


def list_ends_at(revocations: bytes) -> datetime:
    """Until when a list of taken-back certificates may be used."""
    ends = x509.load_der_x509_crl(revocations).next_update_utc
    assert ends is not None
    return ends


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, at: datetime, lives: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(secrets.randbits(126) | 1 << 126)  # of one length, never negative, never guessed
        .not_valid_before(at - BEFORE)
        .not_valid_after(at + lives)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _named(name: str, school: str, unit: str) -> x509.Name:
    parts = ((NameOID.COUNTRY_NAME, "CN"), (NameOID.ORGANIZATION_NAME, school[:LONGEST_NAME]))
    more = ((NameOID.ORGANIZATIONAL_UNIT_NAME, unit), (NameOID.COMMON_NAME, name[:LONGEST_NAME]))
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts + more])


def _usage(**allowed: bool) -> x509.KeyUsage:
    every = "digital_signature content_commitment key_encipherment data_encipherment key_agreement".split()
    every += "key_cert_sign crl_sign encipher_only decipher_only".split()
    return x509.KeyUsage(**{name: allowed.get(name, False) for name in every})


def _opened(authority: Authority) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = load_der_private_key(_unsealed(authority.key_sealed), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return x509.load_pem_x509_certificate(authority.certificate.encode()), key


def _sealed(key: ec.EllipticCurvePrivateKey) -> str:
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return seal(base64.b64encode(der).decode())


def _unsealed(key_sealed: str) -> bytes:
    text = unseal(key_sealed)
    if text is None:
        raise SealingFailed("sealing.no_key")
    return base64.b64decode(text)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()


def _first(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    found = certificate.subject.get_attributes_for_oid(oid)
    return str(found[0].value) if found else ""
