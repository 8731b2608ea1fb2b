"""Pure rules of this room: what strangers may read, how keys look, what a report's stage is, what is too often."""

from portal.contact_boards.rules.keys import (
    CODE_SIGNS,
    check_code_of,
    grouped,
    is_board_key,
    normal_report_key,
    report_key_of,
)
from portal.contact_boards.rules.limits import LIMITS, Limit, is_over
from portal.contact_boards.rules.people import (
    OFFERED,
    SMALLEST_PORTRAIT,
    Field,
    PublicPerson,
    masked,
    picture_name,
    public_person,
)
from portal.contact_boards.rules.plates import PlateEnd, PlateFault
from portal.contact_boards.rules.similar import alike, likeness, without_numbers
from portal.contact_boards.rules.stages import (
    ERASE_PHONE_AFTER,
    NOT_FIXED_WITHIN,
    SCREEN_WITHIN,
    NotFixed,
    Stage,
    not_fixed_leads_to,
    stage_of,
)

__all__ = [
    "CODE_SIGNS",
    "ERASE_PHONE_AFTER",
    "LIMITS",
    "NOT_FIXED_WITHIN",
    "OFFERED",
    "SCREEN_WITHIN",
    "SMALLEST_PORTRAIT",
    "Field",
    "Limit",
    "NotFixed",
    "PlateEnd",
    "PlateFault",
    "PublicPerson",
    "Stage",
    "alike",
    "check_code_of",
    "grouped",
    "is_board_key",
    "is_over",
    "likeness",
    "masked",
    "normal_report_key",
    "not_fixed_leads_to",
    "picture_name",
    "public_person",
    "report_key_of",
    "stage_of",
    "without_numbers",
]
