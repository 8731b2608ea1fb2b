"""Keys, passkeys, certificates, consents."""

from dataclasses import dataclass

from portal.audit.catalogue.details import Details


@dataclass(frozen=True, slots=True)
class SigningKeyMade(Details):
    """Somebody has a key and a certificate of their own; their secret is nowhere."""

    kind = "signing_key.made"
    about = "person"
    queued = True
    serial: str


@dataclass(frozen=True, slots=True)
class SigningKeyEnded(Details):
    kind = "signing_key.ended"
    about = "person"
    serial: str
    reason: str


@dataclass(frozen=True, slots=True)
class SigningPasskeyMade(Details):
    """A device of somebody's opens their key by their finger or face; they gave the passphrase for it."""

    kind = "signing_passkey.made"
    about = "person"
    queued = True
    passkey_id: int
    serial: str
    aaguid: str


@dataclass(frozen=True, slots=True)
class SigningPasskeyEnded(Details):
    kind = "signing_passkey.ended"
    about = "person"
    passkey_id: int
    serial: str


@dataclass(frozen=True, slots=True)
class SigningConsented(Details):
    """Somebody agreed to sign electronically, to this text (F9)."""

    kind = "signing.consented"
    about = "person"
    edition: int
    text: str


@dataclass(frozen=True, slots=True)
class SigningAuthorityMade(Details):
    kind = "signing_authority.made"
    about = "organisation"
    serial: str


@dataclass(frozen=True, slots=True)
class SigningCertificateRenewed(Details):
    """The school's authority or its seal has a new certificate; the old one is kept for old letters."""

    kind = "signing_certificate.renewed"
    about = "organisation"
    what: str
    serial: str
