"""Bringing a portal up to date: its tables, and the data that every portal needs before its first school."""

from portal.core.database import close_database, open_database
from portal.core.migrate import migrate_open_database
from portal.duty.services import seed_calendar, seed_duty_words
from portal.grids.services import seed_kinds
from portal.hazards.services import seed_categories
from portal.letters.services.seeding import seed_edges, seed_wordings
from portal.responsibilities.services import seed_duties
from portal.settings import Settings


async def migrate(settings: Settings) -> None:
    """Runs the migrations that are not yet run and puts in the shared data that is not yet there; safe to repeat."""
    await open_database(settings.database_url)
    try:
        await migrate_open_database()
        await seed()
    finally:
        await close_database()


async def seed() -> None:
    """What every portal shares: kinds of grids, the calendar, words of duty, hazard categories, duties, letters."""
    await seed_kinds()
    await seed_calendar()
    await seed_duty_words()
    await seed_categories()
    await seed_duties()
    await seed_edges()
    await seed_wordings()
