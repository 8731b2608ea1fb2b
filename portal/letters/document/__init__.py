"""What a letter says and how it looks on paper: no database. Text in, bytes out.

`LetterText` is everything that a letter says, frozen; `filled` makes one of a wording and facts; `letter_pdf` sets it
on paper with empty signature fields; `evidence_pdf` sets how it was signed.
"""

from portal.letters.document.changes import Change, Summary, differences, summary
from portal.letters.document.evidence import Evidence, Evidenced, evidence_pdf
from portal.letters.document.paper import letter_pdf, letter_printed
from portal.letters.document.text import (
    Clause,
    Duty,
    LetterText,
    Party,
    Provision,
    SignatureField,
    TextTable,
    digest_of,
    from_json,
    short_digest,
    to_json,
)
from portal.letters.document.wording import (
    Wording,
    check_two_sided,
    filled,
    shipped_wordings,
    variables_of,
    wording_from,
    wording_json,
)

__all__ = [
    "Change",
    "Clause",
    "Duty",
    "Evidence",
    "Evidenced",
    "LetterText",
    "Party",
    "Provision",
    "SignatureField",
    "Summary",
    "TextTable",
    "Wording",
    "check_two_sided",
    "differences",
    "digest_of",
    "evidence_pdf",
    "filled",
    "from_json",
    "letter_pdf",
    "letter_printed",
    "shipped_wordings",
    "short_digest",
    "summary",
    "to_json",
    "variables_of",
    "wording_from",
    "wording_json",
]
