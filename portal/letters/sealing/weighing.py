"""Each signature of a file, weighed with pyHanko. Imported by the sealing process only (TP1, TP5).

Nothing is ever fetched: an address in a file is a stranger's. What is believed, and when, is what the caller says.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from asn1crypto import cms, crl
from cryptography import x509 as pyca
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate, AdESPassed
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY
from pyhanko.sign.general import CMSExtractionError, UnacceptableSignerError
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import (
    EmbeddedPdfSignature,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.policy_decl import (
    CertificateFetchingRule,
    LocalKnowledge,
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.ltv import ades_past, poe
from pyhanko_certvalidator.ltv.types import ValidationTimingInfo
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)
from pyhanko_certvalidator.registry import SimpleTrustManager
from pyhanko_certvalidator.revinfo.archival import CRLContainer

from portal.letters.sealing.certificates import Kind
from portal.letters.sealing.inside import lists_in
from portal.letters.sealing.plain import (
    Expected,
    Level,
    SignatureFacts,
)
from portal.letters.sealing.stamping import certificates_of

MOST_SIGNATURES = 60
TIME_STAMP = "time stamp"
STRANGER = "stranger"
BROKEN = "sealing.why_broken"
CHANGED = "sealing.why_changed_after"
EXPIRED = "sealing.why_expired"
REVOKED = "sealing.why_revoked"
UNTRUSTED = "sealing.why_stranger"
UNKNOWN_STATE = "sealing.why_no_list"
NOT_WHOLE = "sealing.why_not_whole"
STAMP_UNKNOWN = "sealing.why_stamp_unknown"
LAPSED = frozenset(
    {EXPIRED, REVOKED, UNKNOWN_STATE, STAMP_UNKNOWN}
)  # the file is as it was; the proof is not, or not yet
KEY_USE = KeyUsageConstraints(key_usage={"non_repudiation"})
TROUBLE = (
    *(PdfError, SignatureValidationError, CMSExtractionError, UnacceptableSignerError),
    *(ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, OverflowError, ArithmeticError),
    *(NotImplementedError, OSError),
)


class _Clock(datetime):
    """The moment of the check: pyHanko would ask the machine, and call a thing proven that is only asked about."""

    moment = datetime.min.replace(tzinfo=UTC)

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return cls.moment.astimezone(tz or UTC)


for module in (poe, ades_past):
    module.datetime = _Clock  # type: ignore[attr-defined]


async def signatures_of(reader: PdfFileReader, pdf: bytes, expected: Expected, at: datetime) -> list[SignatureFacts]:
    """The facts of every signature and time stamp, oldest first."""
    found: list[EmbeddedPdfSignature] = list(reader.embedded_signatures)
    if len(found) > MOST_SIGNATURES:
        raise ValueError("too many signatures")
    _Clock.moment = at
    trust = Trust.of(expected, at, lists_in(reader))
    stamps = [one for one in found if one.sig_object_type == "/DocTimeStamp"]
    stamped = {one.field_name: await facts_of(one, pdf, trust, stamps, None) for one in stamps}
    return [
        stamped.get(one.field_name) or await facts_of(one, pdf, trust, stamps, proof_of(one, stamps, stamped))
        for one in found
    ]


def proof_of(
    one: EmbeddedPdfSignature, stamps: Sequence[EmbeddedPdfSignature], facts: Mapping[str, SignatureFacts]
) -> datetime | None:
    """When a document time stamp proves that a signature was there: the next one after it, if all since then hold."""
    later = [facts[stamp.field_name] for stamp in stamps if stamp.signed_revision > one.signed_revision]
    return later[0].said_at if later and all(stamp.trusted and stamp.intact for stamp in later) else None


@dataclass(frozen=True)
class Trust:
    """Whom we believe, as pyHanko wants it. Nothing is ever fetched: addresses in a file are a stranger's (TW4)."""

    spec: PdfSignatureValidationSpec
    authorities: tuple[pyca.Certificate, ...]
    time_roots: tuple[Any, ...]
    context: dict[str, Any]
    at: datetime
    has_lists: bool

    @classmethod
    def of(cls, expected: Expected, at: datetime, inside: Sequence[bytes]) -> "Trust":
        roots, time_roots = certificates_of(expected.authorities), certificates_of(expected.time_authorities)
        lists = [crl.CertificateList.load(data) for data in (*expected.revocations, *inside)]
        need_list = RevocationCheckingPolicy(RevocationCheckingRule.CRL_REQUIRED, RevocationCheckingRule.NO_CHECK)
        soft = RevocationCheckingRule.CHECK_IF_DECLARED_SOFT
        if_there = RevocationCheckingPolicy(soft, soft)
        local = RevocationInfoGatheringSpec(
            RevinfoOnlineFetchingRule.LOCAL_ONLY, certificate_fetching_rule=CertificateFetchingRule.NEVER_FETCH
        )
        spec = SignatureValidationSpec(
            cert_validation_policy=_policy(roots, need_list),
            ts_cert_validation_policy=_policy(time_roots, if_there),
            revinfo_gathering_policy=local,
            local_knowledge=LocalKnowledge(known_crls=[CRLContainer(one) for one in lists], known_certs=[*roots]),
            key_usage_settings=KEY_USE,
        )
        pycas = tuple(pyca.load_pem_x509_certificate(text.encode()) for text in expected.authorities)
        context = {"trust_roots": roots, "crls": lists, "revocation_mode": "require", "retroactive_revinfo": True}
        full = PdfSignatureValidationSpec(spec, DEFAULT_DIFF_POLICY)
        return cls(full, pycas, tuple(time_roots), context, at, bool(inside))


def _policy(roots: Iterable[Any], revocation: RevocationCheckingPolicy) -> CertValidationPolicySpec:
    anchors = [CertTrustAnchor(root) for root in roots]
    return CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=anchors),
        revinfo_policy=CertRevTrustPolicy(revocation, retroactive_revinfo=True),
    )


async def facts_of(
    one: EmbeddedPdfSignature,
    pdf: bytes,
    trust: Trust,
    stamps: Sequence[EmbeddedPdfSignature],
    proven_at: datetime | None,
) -> SignatureFacts:
    """One signature, weighed. A broken one has facts too."""
    blank = SignatureFacts(one.field_name, STRANGER, "", "", "", None, None, None, False, False, False, False)
    try:
        facts = replace(blank, **_named(one, trust))
    except TROUBLE:
        return replace(blank, reasons=(BROKEN,))
    try:
        shape = list(_misshapen(one, pdf))
        if one.sig_object_type == "/DocTimeStamp":
            return await _stamp_facts(one, facts, trust, stamps, shape)
        return await _person_facts(one, facts, trust, proven_at, shape)
    except TROUBLE:
        return replace(facts, reasons=(BROKEN,))


async def _person_facts(
    one: EmbeddedPdfSignature, facts: SignatureFacts, trust: Trust, proven_at: datetime | None, shape: list[str]
) -> SignatureFacts:
    one.compute_integrity_info(trust.spec.diff_policy)
    has_stamp = next(extract_tst_data_iter(one.signer_info, signed=False), None) is not None
    by_stamp = has_stamp and bool(trust.time_roots)
    weighed = await (_with_stamp(one, trust) if by_stamp else _without_stamp(one, trust, proven_at))
    if by_stamp and weighed.indication not in (AdESPassed.OK, *_FOR_GOOD):
        # a stamp of a stranger counts for nothing; one whose authority publishes no list counts for nothing years
        # later: then what the document's own time stamps prove, or that the certificate is good today, is enough
        again = await _without_stamp(one, trust, proven_at)
        weighed = again if again.indication is AdESPassed.OK else weighed
    reasons = [*shape, *_why(weighed.indication, sound=weighed.intact and weighed.valid)]
    if facts.kind == STRANGER:
        reasons.append(UNTRUSTED)
    if not _is_allowed(one):
        reasons.append(CHANGED)
    return replace(
        facts,
        said_at=one.self_reported_timestamp,
        proven_at=min((moment for moment in (proven_at, weighed.stamped_at) if moment), default=None),
        level=_level(
            has_stamp=weighed.stamped_at is not None, has_lists=trust.has_lists, is_proven=proven_at is not None
        ),
        intact=weighed.intact and not shape,
        valid=weighed.valid,
        trusted=weighed.indication is AdESPassed.OK and facts.kind != STRANGER,
        whole_file=_covers_all(one) and not shape,
        reasons=tuple(dict.fromkeys(reasons)),
    )


class Weighed(NamedTuple):
    """What pyHanko found of one signature."""

    indication: Any
    intact: bool
    valid: bool
    stamped_at: datetime | None = None


async def _with_stamp(one: EmbeddedPdfSignature, trust: Trust) -> Weighed:
    """By the rules for signatures with a time stamp, also long after their certificates (EN 319 102-1)."""
    timing = ValidationTimingInfo(trust.at, trust.at, point_in_time_validation=True)
    found = await ades_lta_validation(one, trust.spec, timing_info=timing)
    status: Any = found.api_status
    stamp: Any = found.signature_timestamp_status
    stamped_at = stamp.api_status.timestamp if stamp and stamp.ades_subindic is AdESPassed.OK else None
    indication: Any = found.ades_subindic
    if indication is not AdESPassed.OK and status and status.revocation_details:
        indication = AdESFailure.REVOKED  # a later step of the algorithm may only have called it unproven
    return Weighed(indication, bool(status and status.intact), bool(status and status.valid), stamped_at)


async def _without_stamp(one: EmbeddedPdfSignature, trust: Trust, proven_at: datetime | None) -> Weighed:
    """At the moment that a later document time stamp proves; without one, now."""
    context = ValidationContext(**trust.context, moment=proven_at or trust.at, allow_fetching=False)
    status = await async_validate_pdf_signature(
        one, context, diff_policy=trust.spec.diff_policy, key_usage_settings=KEY_USE
    )
    indication = AdESPassed.OK if status.trusted else status.trust_problem_indic
    stamp = status.timestamp_validity
    is_sound = stamp is None or (stamp.intact and stamp.valid)
    return Weighed(indication, status.intact and is_sound, status.valid)


async def _stamp_facts(
    one: EmbeddedPdfSignature,
    facts: SignatureFacts,
    trust: Trust,
    stamps: Sequence[EmbeddedPdfSignature],
    shape: list[str],
) -> SignatureFacts:
    """A document time stamp is believed at the moment that the next one proves, the last one now."""
    later = [stamp for stamp in stamps if stamp.signed_revision > one.signed_revision]
    moment = _time_in(later[0]) if later else trust.at
    context = ValidationContext(trust_roots=trust.time_roots, moment=moment, allow_fetching=False)
    status = await async_validate_pdf_timestamp(one, context, diff_policy=trust.spec.diff_policy)
    reasons = list(shape)
    if not (status.intact and status.valid):
        reasons.append(BROKEN)
    elif not status.trusted and trust.time_roots:
        gone = EXPIRED in _why(status.trust_problem_indic, sound=True)
        reasons.append(EXPIRED if gone else STAMP_UNKNOWN)
    if one.coverage < SignatureCoverageLevel.ENTIRE_REVISION or not _is_allowed(one):
        reasons.append(CHANGED)
    return replace(
        facts,
        said_at=status.timestamp,
        proven_at=status.timestamp if status.trusted else None,
        intact=status.intact and not shape,
        valid=status.valid,
        trusted=status.trusted,
        whole_file=_covers_all(one) and not shape,
        reasons=tuple(reasons),
    )


def _covers_all(one: EmbeddedPdfSignature) -> bool:
    coverage: Any = one.coverage
    return bool(coverage is SignatureCoverageLevel.ENTIRE_FILE)


def _is_allowed(one: EmbeddedPdfSignature) -> bool:
    return bool(one.summarise_integrity_info()["docmdp_ok"])


def _named(one: EmbeddedPdfSignature, trust: Trust) -> dict[str, Any]:
    """Whose certificate it is; only one that our authority really issued gives a kind."""
    certificate = pyca.load_der_x509_certificate(one.signer_cert.dump())
    subject = {part.oid: str(part.value) for part in certificate.subject}
    name, school = subject.get(pyca.NameOID.COMMON_NAME, ""), subject.get(pyca.NameOID.ORGANIZATION_NAME, "")
    kind = STRANGER
    if one.sig_object_type == "/DocTimeStamp":
        kind = TIME_STAMP
    elif any(_issued_by(certificate, authority) for authority in trust.authorities):
        unit = subject.get(pyca.NameOID.ORGANIZATIONAL_UNIT_NAME, "")
        kind = unit if unit in set(Kind) else STRANGER
    return {"name": name, "school": school, "serial": f"{certificate.serial_number:x}", "kind": str(kind)}


def _issued_by(certificate: pyca.Certificate, authority: pyca.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _misshapen(one: EmbeddedPdfSignature, pdf: bytes) -> Iterator[str]:
    """What pyHanko lets pass: the gap must be this signature and nothing else, its rest nothing but zeros."""
    numbers = [int(number) for number in one.byte_range]
    if len(numbers) != 4 or numbers[0] != 0 or min(numbers) < 0:
        yield BROKEN
        return
    _, first, second, rest = numbers
    gap = pdf[first:second]
    written = gap[1:-1]
    framed = second + rest <= len(pdf) and gap[:1] == b"<" and gap[-1:] == b">"
    if not framed or bytes.fromhex(written.decode("ascii")) != one.pkcs7_content:
        yield BROKEN
    message = cms.ContentInfo.load(one.pkcs7_content)
    if any(one.pkcs7_content[len(message.dump()) :]):
        yield BROKEN


def _why(found: Any, *, sound: bool) -> Iterator[str]:
    """pyHanko's indication as our reason."""
    if found is AdESPassed.OK and sound:
        return
    if not sound or found in (AdESFailure.HASH_FAILURE, AdESFailure.SIG_CRYPTO_FAILURE, AdESFailure.FORMAT_FAILURE):
        yield BROKEN
    elif found in (AdESFailure.REVOKED, AdESIndeterminate.REVOKED_NO_POE, AdESIndeterminate.REVOKED_CA_NO_POE):
        yield REVOKED
    elif isinstance(found, AdESIndeterminate) and ("BOUNDS" in found.name or found in _ENDED):
        yield EXPIRED
    elif found is AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND:
        yield UNTRUSTED
    elif found in _NO_STATE:
        yield UNKNOWN_STATE
    else:
        yield BROKEN


_FOR_GOOD = (
    *(AdESFailure.HASH_FAILURE, AdESFailure.SIG_CRYPTO_FAILURE, AdESFailure.FORMAT_FAILURE, AdESFailure.REVOKED),
)
_ENDED = (AdESIndeterminate.EXPIRED, AdESIndeterminate.NO_POE, AdESIndeterminate.CERTIFICATE_CHAIN_GENERAL_FAILURE)
_NO_STATE = (AdESIndeterminate.TRY_LATER, AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)


def _level(*, has_stamp: bool, has_lists: bool, is_proven: bool) -> Level:
    """The level by what the file holds; whether that is worth anything, `trusted` says."""
    if has_lists and is_proven:
        return Level.LTA
    if not has_stamp:
        return Level.B
    return Level.LT if has_lists else Level.T


def _time_in(stamp: EmbeddedPdfSignature) -> datetime:
    info = stamp.signed_data["encap_content_info"]["content"].parsed
    moment: datetime = info["gen_time"].native
    return moment.astimezone(UTC)
