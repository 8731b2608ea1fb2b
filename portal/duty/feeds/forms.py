"""From the forms of calendars to what the services take."""

from collections.abc import Callable, Sequence

from litestar.datastructures import UploadFile

from portal.core.refusals import Invalid, NotFound, Refused
from portal.duty.feeds.rules import MOST_BYTES, FeedKind, Found, Unreadable, read_leave

Text = Callable[[str], str]
LONGEST_NAME = 100


def parse_new_feed(get: Text) -> tuple[FeedKind, int | None]:
    """Whose calendar; an area says which. Anything else is not there."""
    kind, area_id = get("kind"), parse_number(get("area"))
    if kind not in tuple(FeedKind) or (kind == FeedKind.AREA) != (area_id is not None):
        raise NotFound()
    return FeedKind(kind), area_id


async def read_upload(files: Sequence[UploadFile]) -> tuple[str, list[Found]]:
    """The name of a file and its events, or what is wrong with it, with the line."""
    if not files:
        raise Invalid({"file": "duty.leave_no_file"})
    data = await files[0].read(MOST_BYTES + 1)
    name = "".join(sign for sign in files[0].filename if sign.isprintable())[:LONGEST_NAME]
    try:
        return name, read_leave(data)
    except Unreadable as error:
        raise Refused(f"duty.leave_{error.code}", line=error.line) from None


def parse_chosen(get: Text, ticked: Sequence[str]) -> dict[int, int]:
    """Each ticked event with the person of its group: `row` is "group-event", and the group's choice says who."""
    chosen: dict[int, int] = {}
    for text in ticked:
        group, _, row = text.partition("-")
        number, person = parse_number(row), parse_number(get(f"person-{group}"))
        if number is not None and person is not None:
            chosen[number] = person
    return chosen


def parse_number(text: str) -> int | None:
    """An id or a version as a form sends it, or None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 10 else None
