"""How keys and codes look. What is random is thrown by the services; here is only its shape. Pure."""

import re

CODE_SIGNS = "2345679ACDEFGHJKMNPQRTUVWXY"
"""Signs that nobody confuses on a plate: none of 0 O, 1 I L, 8 B, 5 S, 2 Z stands beside its double."""
_BOARD_KEY = re.compile(r"[A-Za-z0-9_-]{20,40}")
REPORT_SIGNS = 24
"""27 signs to the power of 24: 114 bits."""


def check_code_of(number: int) -> str:
    """A large random number as a check code: 7K2M-94QD (H7)."""
    return grouped(_signs(number, 8))


def report_key_of(number: int) -> str:
    """A large number as the key of a report: six groups of four, so that it can be copied by hand."""
    return grouped(_signs(number, REPORT_SIGNS))


def _signs(number: int, count: int) -> str:
    signs = []
    for _ in range(count):
        number, rest = divmod(number, len(CODE_SIGNS))
        signs.append(CODE_SIGNS[rest])
    return "".join(signs)


def grouped(signs: str) -> str:
    """Groups of four with a dash between them."""
    return "-".join(signs[start : start + 4] for start in range(0, len(signs), 4))


def normal_report_key(typed: str) -> str:
    """A report key as it was made, from whatever somebody copied by hand; "" when it cannot be one."""
    signs = re.sub(r"[\s-]", "", typed.upper())
    return grouped(signs) if len(signs) == REPORT_SIGNS and set(signs) <= set(CODE_SIGNS) else ""


def is_board_key(text: str) -> bool:
    """Whether it can be a board's key at all: whatever else is asked for, the database is not."""
    return _BOARD_KEY.fullmatch(text) is not None
