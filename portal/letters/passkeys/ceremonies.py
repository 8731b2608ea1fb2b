"""What a browser's authenticator says, checked: WebAuthn with user verification (F8). No database.

The library is imported where it is used: only a process that sees a passkey carries it.
"""

import base64
import json
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from portal.core.refusals import Refused
from portal.letters.sealing import Secret
from portal.settings import Settings

ALGORITHMS = (-7, -8, -257)  # ES256, EdDSA, RS256
NOT_VALID = "passkey.not_valid"


class Site(NamedTuple):
    """Where passkeys of this portal are made and used: nowhere else do they answer."""

    rp_id: str
    origin: str


class Asserted(NamedTuple):
    """Which passkey answers to which challenge, as the browser says it: to be checked."""

    credential: str
    challenge: bytes


class Registered(NamedTuple):
    """A new passkey, checked."""

    credential: str
    public_key: str
    sign_count: int
    aaguid: str


def site_of(settings: Settings) -> Site | None:
    """The site of this portal; None where browsers know no passkeys: without https, or by a bare address."""
    try:
        parts = urlsplit(settings.base_url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:  # UnicodeError is one
        return None
    is_local = host == "localhost" or host.endswith(".localhost")
    if not host or _is_bare(host) or (parts.scheme != "https" and not (is_local and parts.scheme == "http")):
        return None
    shown = "" if port in (None, 443 if parts.scheme == "https" else 80) else f":{port}"
    return Site(host, f"{parts.scheme}://{host}{shown}")


def _is_bare(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def secret_from(text: str) -> Secret:
    """The secret that a passkey has worked out (base64url of 32 bytes)."""
    try:
        return Secret.prf(from_base64(text))
    except ValueError:
        raise Refused(NOT_VALID) from None


def asserted(text: str) -> Asserted:
    """Which passkey and which challenge an assertion (JSON) names. Nothing of it is believed yet."""
    from webauthn.helpers import parse_authentication_credential_json

    try:
        found = parse_authentication_credential_json(text)
        return Asserted(to_base64(found.raw_id), _challenge_in(found.response.client_data_json))
    except Exception:  # whatever a hostile text breaks in the reader is one refusal
        raise Refused(NOT_VALID) from None


def check_assertion(text: str, *, challenge: bytes, site: Site, public_key: str, sign_count: int) -> int:
    """Checks an assertion for this challenge, site and passkey, its owner verified; gives the new count."""
    from webauthn import verify_authentication_response

    try:
        done = verify_authentication_response(
            credential=text, expected_challenge=challenge, expected_rp_id=site.rp_id, expected_origin=site.origin,
            credential_public_key=from_base64(public_key), credential_current_sign_count=sign_count,
            require_user_verification=True,
        )  # fmt: skip
        return int(done.new_sign_count)
    except Exception:  # as above
        raise Refused(NOT_VALID) from None


def challenge_of(attestation: str) -> bytes:
    """The challenge that a new passkey (JSON) answers to. Nothing of it is believed yet."""
    from webauthn.helpers import parse_registration_credential_json

    try:
        return _challenge_in(parse_registration_credential_json(attestation).response.client_data_json)
    except Exception:  # as above
        raise Refused(NOT_VALID) from None


def check_registration(attestation: str, *, challenge: bytes, site: Site) -> Registered:
    """Checks a new passkey for this challenge and site, its owner verified."""
    from webauthn import verify_registration_response
    from webauthn.helpers.cose import COSEAlgorithmIdentifier

    try:
        done = verify_registration_response(
            credential=attestation, expected_challenge=challenge, expected_rp_id=site.rp_id,
            expected_origin=site.origin, require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(one) for one in ALGORITHMS],
        )  # fmt: skip
        key, name = to_base64(done.credential_public_key), to_base64(done.credential_id)
        return Registered(name, key, int(done.sign_count), str(done.aaguid)[:36])
    except Exception:  # as above
        raise Refused(NOT_VALID) from None


def _challenge_in(client_data: bytes) -> bytes:
    said: dict[str, Any] = json.loads(client_data)
    return from_base64(str(said["challenge"]))


def to_base64(data: bytes) -> str:
    """As WebAuthn writes bytes in JSON: base64url without `=`."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64(text: str) -> bytes:
    """The other way round. Raises `ValueError` for anything else."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
