"""What the clock tidies each night: what no row refers to, and what nobody will ask for again."""

from datetime import datetime, timedelta

from portal.accounts.services import tidy_accounts
from portal.contact_boards.printing.services import tidy_prints
from portal.contact_boards.services import tidy_portraits
from portal.core.clock import now
from portal.core.database import execute, fetch_column, in_list, unit_of_work
from portal.core.files import remove_orphans, store_of
from portal.letters.page_pictures import tidy_pictures
from portal.settings import Settings

FORMS_KEPT = timedelta(days=30)
ORPHAN_AFTER = timedelta(hours=1)
PICTURES_KEPT = timedelta(days=30)


async def tidy(settings: Settings, _at: datetime) -> None:
    """Old sign-in attempts and slips, keys of forms sent long ago, old paper, portraits of those who have left.

    Then the files that no row refers to.
    """
    await tidy_accounts()
    await tidy_prints()
    await tidy_portraits()
    async with unit_of_work():
        await execute("DELETE FROM submission WHERE at < {}", now() - FORMS_KEPT)
    tidy_pictures(settings.pictures, before=now() - PICTURES_KEPT)
    await remove_orphans(store_of(settings), referred=_referred, put_before=now() - ORPHAN_AFTER)


async def _referred(digests: list[str]) -> set[str]:
    """Which of these files a row refers to."""
    marks, args = in_list(digests)
    return set(
        await fetch_column(
            f"SELECT digest FROM hazard_photo WHERE digest IN {marks} "
            f"UNION SELECT thumb_digest FROM hazard_photo WHERE thumb_digest IN {marks} "
            f"UNION SELECT digest FROM public_photo WHERE digest IN {marks} "
            f"UNION SELECT thumb_digest FROM public_photo WHERE thumb_digest IN {marks} "
            f"UNION SELECT digest FROM portrait WHERE digest IN {marks} "
            f"UNION SELECT small_digest FROM portrait WHERE small_digest IN {marks} "
            f"UNION SELECT file_digest FROM print_job WHERE file_digest IN {marks} "
            f"UNION SELECT digest FROM responsibility_map WHERE digest IN {marks} "
            f"UNION SELECT digest FROM letter_file f WHERE digest IN {marks} "
            "AND NOT EXISTS (SELECT 1 FROM letter_removal r WHERE r.letter_id = f.letter_id)",
            *args, *args, *args, *args, *args, *args, *args, *args, *args,
        )
    )  # fmt: skip
