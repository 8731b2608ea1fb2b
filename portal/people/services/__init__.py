"""People, posts, appointments: made, changed and ended by hand or by an import, each with its event.

The organisation's row (`bump_rights`) is the lock under which its posts and appointments change, and it comes first.
Rights follow at the next request, because every cached actor hangs on that row's version (TA2).
"""

from portal.people.services.absences import record_absence, withdraw_absence
from portal.people.services.appointments import appoint, make_primary
from portal.people.services.ending import end_appointment, restore_appointment
from portal.people.services.guarding import check_principal
from portal.people.services.leaving import mark_left, register_leaving, set_leaving, withdraw_leaving, withdraw_person
from portal.people.services.persons import change_person, make_person, sealed_phone
from portal.people.services.posts import change_post, end_post, make_post, post_blockers_of, register_post_blocker
from portal.people.services.schools import NewSchool, make_school

__all__ = [
    "NewSchool",
    "appoint",
    "change_person",
    "change_post",
    "check_principal",
    "end_appointment",
    "end_post",
    "make_person",
    "make_post",
    "make_primary",
    "make_school",
    "mark_left",
    "post_blockers_of",
    "record_absence",
    "register_leaving",
    "register_post_blocker",
    "restore_appointment",
    "sealed_phone",
    "set_leaving",
    "withdraw_absence",
    "withdraw_leaving",
    "withdraw_person",
]
