"""Checks an evidence pack without a network. Run it in the unpacked folder; it needs pyHanko (pip install pyHanko).

It says for every file whether it is as index.csv says, for every event whether its hash follows from it, and for every
signature of letter.pdf and evidence.pdf whether it is intact and comes from the school's own authority. It ends with 0
only if all of that holds.
"""

import csv
import hashlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent


def files() -> bool:
    """Whether every file is as the index says."""
    right = True
    with (HERE / "index.csv").open(encoding="utf-8", newline="") as index:
        for row in csv.DictReader(index):
            same = hashlib.sha256((HERE / row["file"]).read_bytes()).hexdigest() == row["sha256"]
            right &= said(same, row["file"])
    return right


def events() -> bool:
    """Whether the hash of every event follows from it and from the hash before."""
    right = True
    for line in (HERE / "events.jsonl").read_text("utf-8").splitlines():
        event = json.loads(line)
        *plain, at, details, before, stored = event.values()
        body = json.dumps([before, *plain, at, details], ensure_ascii=False, separators=(",", ":"))
        right &= said(hashlib.sha256(body.encode()).hexdigest() == stored, f"event {event['seq']} {event['kind']}")
    return right


def signatures() -> bool:
    """Whether every signature is intact and was made with a certificate of the school that held at that moment."""
    from asn1crypto import crl, pem, x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    # a school's authority is renewed once in a long while: older ones are numbered
    roots = [
        x509.Certificate.load(pem.unarmor(one.read_bytes())[2])
        for one in sorted((HERE / "certificates").glob("authority*.pem"))
    ]
    taken_back = [crl.CertificateList.load(one.read_bytes()) for one in sorted(HERE.glob("revocations*.crl"))]
    right = True
    for name in ("letter.pdf", "evidence.pdf"):
        if not (HERE / name).exists():
            continue
        with (HERE / name).open("rb") as file:
            reader = PdfFileReader(file)
            for one in reader.embedded_regular_signatures:
                told = one.self_reported_timestamp
                context = ValidationContext(
                    trust_roots=roots,
                    moment=told,
                    crls=taken_back,
                    allow_fetching=False,
                    revocation_mode="require",
                    retroactive_revinfo=True,
                )
                status = validate_pdf_signature(one, signer_validation_context=context)
                right &= said(status.intact and status.valid and status.trusted, f"{name} {one.field_name} {told}")
    return right


def said(right: bool, what: str) -> bool:
    """Says it, and gives it back."""
    print("ok   " if right else "WRONG", what)  # noqa: T201 - whoever runs it reads it
    return right


if __name__ == "__main__":
    checks = [files(), events()]
    if (HERE / "certificates/authority.pem").exists():
        checks.append(signatures())
    sys.exit(0 if all(checks) else 1)
