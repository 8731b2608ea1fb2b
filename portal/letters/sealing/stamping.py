"""Asking a time-stamp server (RFC 3161). Imported by the sealing process only.

pyHanko's client, with the transport of the standard library: no redirects, no answer larger than a stamp can be, and a
server that is down is not asked again for a while, so that a batch of two hundred letters is not two hundred waits.
"""

import http.client
import urllib.request
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from asn1crypto import cms, pem, tsp, x509
from pyhanko.sign.general import CMSExtractionError, extract_certificate_info
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from portal.core.clock import monotonic
from portal.letters.sealing.plain import TimeStamping

MOST = 64 * 1024
DOWN_SECONDS = 30.0
MEDIA_TYPE = "application/timestamp-reply"


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """The address is the operator's; nobody sends us elsewhere."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Stamper(TimeStamper):
    """Stamps from one server, each of them checked before it is used. `ends_at`: the certificate of the last one."""

    def __init__(self, where: TimeStamping) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.where = where
        self.roots = certificates_of(where.authorities)
        self.down_until = 0.0
        self.ends_at: datetime | None = None
        self._opener = urllib.request.build_opener(NoRedirects())

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """One question, one answer; anything else is an `OSError`."""
        if monotonic() < self.down_until:
            raise TimestampRequestError("it did not answer a moment ago")
        try:
            return tsp.TimeStampResp.load(self._asked(req.dump()))
        except (OSError, ValueError, http.client.HTTPException) as error:
            self.down_until = monotonic() + DOWN_SECONDS
            raise TimestampRequestError("no time stamp") from error

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A stamp that is over this very digest and, where we know whom to believe, from them."""
        try:
            token = await super().async_timestamp(message_digest, md_algorithm)
            info = token["content"]["encap_content_info"]["content"].parsed
            if info["message_imprint"]["hashed_message"].native != message_digest:
                raise TimestampRequestError("a stamp over something else")
            if self.roots:
                await self._check(token, message_digest, info["gen_time"].native)
            self.ends_at = extract_certificate_info(token["content"]).signer_cert.not_valid_after
        except (ValueError, TypeError, KeyError, AttributeError, CMSExtractionError) as error:
            raise TimestampRequestError("no time stamp that can be read") from error
        return token

    async def _check(self, token: cms.ContentInfo, digest: bytes, at: datetime) -> None:
        context = ValidationContext(trust_roots=self.roots, moment=at, allow_fetching=False)
        found = await validate_tst_signed_data(token["content"], context, lambda _algorithm: digest)
        if not (found["intact"] and found["valid"] and found.get("validation_path")):
            raise TimestampRequestError("a time stamp from somebody whom we do not know")

    def _asked(self, question: bytes) -> bytes:
        kinds = {"Content-Type": "application/timestamp-query", "Accept": MEDIA_TYPE}
        asked = urllib.request.Request(self.where.url, question, kinds)  # noqa: S310 - http and https only, see `sign`
        with self._opener.open(asked, timeout=self.where.seconds) as answer:
            if answer.headers.get_content_type() != MEDIA_TYPE:
                raise ValueError("no time stamp")
            data: bytes = answer.read(MOST + 1)
        if len(data) > MOST:
            raise ValueError("larger than a time stamp")
        return data


_stampers: dict[TimeStamping, Stamper] = {}


def stamper_of(where: TimeStamping) -> Stamper:
    """The one for this address: it remembers how large a stamp is, and that the server is down."""
    return _stampers.setdefault(where, Stamper(where))


def certificates_of(texts: Iterable[str]) -> list[x509.Certificate]:
    """Certificates (PEM) as pyHanko wants them. Refuses by ValueError what is none."""
    return [x509.Certificate.load(pem.unarmor(text.encode())[2]) for text in texts]
