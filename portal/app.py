"""The only place that knows every room: what is served, what rooms lend each other, what is opened and closed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from litestar import Litestar, Request
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from portal.accounts import labels as account_labels
from portal.accounts import routes as account_routes
from portal.accounts.provided import accounts_of_person
from portal.accounts.services import close_account_of
from portal.admin import labels as admin_labels
from portal.admin import routes as admin_routes
from portal.audit.services import use_bell
from portal.changes import labels as change_labels
from portal.changes import routes as change_routes
from portal.changes.hanging import use_hanging
from portal.changes.provided import SHEET_CHECK
from portal.contact_boards import labels as contact_board_labels
from portal.contact_boards import routes as contact_board_routes
from portal.contact_boards.checking import BOARD_CHECKS
from portal.contact_boards.printing import labels as printing_labels
from portal.contact_boards.printing import routes as printing_routes
from portal.contact_boards.provided import lines_of_grid
from portal.contact_boards.routes.kept import warm
from portal.contact_boards.services import count_visit, refuse_flood
from portal.core.actors import Actor
from portal.core.bell import Bell
from portal.core.crypto import use_key_file
from portal.core.database import close_database, open_database
from portal.core.logs import configure_logs
from portal.coverage import labels as coverage_labels
from portal.coverage import routes as coverage_routes
from portal.coverage.checks import use_checks
from portal.duty import labels as duty_labels
from portal.duty import routes as duty_routes
from portal.duty.feeds import labels as feed_labels
from portal.duty.feeds import routes as feed_routes
from portal.duty.feeds.lent import count_stranger
from portal.duty.gaps.provided import HOURS_CHECK
from portal.duty.lent import Cards, handover_lines, open_here
from portal.duty.lent import cards as duty_cards
from portal.duty.planning import labels as planning_labels
from portal.duty.planning import routes as planning_routes
from portal.duty.provided import duty_of_person
from portal.duty.queries import forget_plans, leading_grants, leading_now
from portal.duty.rostering import labels as rostering_labels
from portal.duty.rostering import routes as rostering_routes
from portal.duty.sheets import labels as sheet_labels
from portal.duty.sheets import routes as sheet_routes
from portal.duty.swapping import labels as swapping_labels
from portal.duty.swapping import routes as swapping_routes
from portal.duty.watching import labels as watching_labels
from portal.duty.watching import routes as watching_routes
from portal.duty.watching.provided import watch_lines
from portal.grids import labels as grid_labels
from portal.grids import routes as grid_routes
from portal.grids import stories as grid_stories
from portal.grids import views as grid_views
from portal.grids.queries import CardRow, use_holders
from portal.grids.services import register_blocker
from portal.hazards import labels as hazard_labels
from portal.hazards import photos
from portal.hazards import routes as hazard_routes
from portal.hazards.arranging import labels as arranging_labels
from portal.hazards.arranging import routes as arranging_routes
from portal.hazards.ledger import labels as ledger_labels
from portal.hazards.ledger import routes as ledger_routes
from portal.hazards.photos import labels as photo_labels
from portal.hazards.provided import (
    card_numbered,
    cards_told,
    hazards_of_person,
    open_hazards_of_post,
    open_hazards_on,
    open_in_areas,
    open_on_grid,
)
from portal.hazards.services.following import cards_of_leaver
from portal.hazards.told import use_told_source
from portal.importing import labels as importing_labels
from portal.importing import routes as importing_routes
from portal.letters import labels as letter_labels
from portal.letters import routes as letter_routes
from portal.letters import sealing
from portal.letters.at_office import labels as at_office_labels
from portal.letters.at_office import routes as at_office_routes
from portal.letters.document import labels as letter_text_labels
from portal.letters.lasting import labels as lasting_labels
from portal.letters.lasting import routes as lasting_routes
from portal.letters.passkeys import labels as passkey_labels
from portal.letters.provided import LETTER_CHECK
from portal.letters.sealing import labels as sealing_labels
from portal.letters.together import labels as together_labels
from portal.letters.together import routes as together_routes
from portal.letters.verification import labels as verification_labels
from portal.letters.verification import lent as verification_lent
from portal.letters.verification import routes as verification_routes
from portal.letters.wordings import labels as wording_labels
from portal.people import labels as people_labels
from portal.people import routes as people_routes
from portal.people.provided import held_by_person
from portal.people.queries import open_posts_on
from portal.people.services import register_leaving, register_post_blocker
from portal.permissions.queries import register_grants
from portal.reminders import labels as reminder_labels
from portal.reminders import routes as reminder_routes
from portal.reminders.provided import told_about, unread_of_person
from portal.rendering import labels as rendering_labels
from portal.rendering import pdf
from portal.responsibilities import labels as responsibility_labels
from portal.responsibilities import routes as responsibility_routes
from portal.responsibilities.asking import routes as asking_routes
from portal.responsibilities.provided import duties_of_person, matrix_of_grid
from portal.responsibilities.queries import answers_of_grids
from portal.serving.plugged import plugged
from portal.settings import Settings, load_settings
from portal.today import routes as today_routes
from portal.web import errors
from portal.web.csrf import check_csrf
from portal.web.guards import guard
from portal.web.headers import add_headers
from portal.web.health import live, ready
from portal.web.labels import FLASHES, REFUSALS
from portal.web.lead import use_lead_source
from portal.web.sessions import know_strays, session_middleware
from portal.web.state import LeadNow, signed
from portal.web.static import static_file
from portal.web.stories import use_event_words

HANDLERS: list[ControllerRouterHandler] = [
    live,
    ready,
    static_file,
    *account_routes.HANDLERS,
    *grid_routes.ROUTES,
    *people_routes.ROUTES,
    *importing_routes.ROUTES,
    *responsibility_routes.ROUTES,
    *asking_routes.ROUTES,
    *duty_routes.ROUTES,
    *planning_routes.ROUTES,
    *swapping_routes.ROUTES,
    *rostering_routes.ROUTES,
    *watching_routes.ROUTES,
    *feed_routes.ROUTES,
    *sheet_routes.ROUTES,
    *hazard_routes.ROUTES,
    *arranging_routes.ROUTES,
    *ledger_routes.ROUTES,
    *letter_routes.ROUTES,
    *together_routes.ROUTES,
    *at_office_routes.ROUTES,
    *verification_routes.ROUTES,
    *lasting_routes.ROUTES,
    *contact_board_routes.ROUTES,
    *printing_routes.ROUTES,
    *change_routes.ROUTES,
    *coverage_routes.ROUTES,
    *reminder_routes.ROUTES,
    *today_routes.ROUTES,
    *admin_routes.ROUTES,
]
LABELS = (
    admin_labels,
    importing_labels,
    arranging_labels,
    ledger_labels,
    account_labels,
    grid_labels,
    people_labels,
    responsibility_labels,
    duty_labels,
    planning_labels,
    swapping_labels,
    rostering_labels,
    watching_labels,
    feed_labels,
    sheet_labels,
    hazard_labels,
    photo_labels,
    letter_labels,
    at_office_labels,
    together_labels,
    wording_labels,
    passkey_labels,
    verification_labels,
    lasting_labels,
    letter_text_labels,
    sealing_labels,
    contact_board_labels,
    printing_labels,
    change_labels,
    coverage_labels,
    reminder_labels,
    rendering_labels,
)
"""Rooms' words: each module may hold REFUSALS and FLASHES (code to sentence) and EVENTS (kind to sentence)."""


async def _lead(org_id: int, at: datetime) -> LeadNow:
    return LeadNow(*await leading_now(org_id, at))


async def _grid_facts(card: CardRow, by: Actor, language: str) -> list[grid_views.GridFact]:
    lines = await open_on_grid(card.id, card.path, card.org_id, by=by, language=language)
    if card.ended_at is None:
        for source in (matrix_of_grid, lines_of_grid):
            lines = [*lines, *await source(card.id, card.path, card.org_id, by=by, language=language)]
    return [grid_views.GridFact(text, href, urgent) for text, href, urgent in lines]


async def _tried_in_vain(network: str) -> None:
    await count_visit("feed", network, code="duty.feed_too_often")


async def _refuse_checking(what: str, network: str) -> None:
    await refuse_flood(what, network, code="letter.too_often")


async def _count_checking(what: str, network: str) -> None:
    await count_visit(what, network, code="letter.too_often")


def register_rooms() -> None:
    """What rooms lend each other, so that none imports to its right. Doing it twice changes nothing."""
    register_grants(leading_grants)
    register_leaving(close_account_of)
    register_leaving(cards_of_leaver)
    use_hanging(
        held_by_person, duties_of_person, hazards_of_person, duty_of_person, unread_of_person, accounts_of_person
    )
    use_told_source(told_about)
    use_lead_source(_lead)
    forget_plans()
    open_here[:] = [open_in_areas]
    duty_cards[:] = [Cards(card_numbered, cards_told)]
    handover_lines[:] = [watch_lines]
    count_stranger[:] = [_tried_in_vain]
    verification_lent.visits[:] = [verification_lent.Visits(_refuse_checking, _count_checking)]
    use_event_words(*LABELS)
    use_holders(answers_of_grids)
    use_checks(HOURS_CHECK, SHEET_CHECK, LETTER_CHECK, BOARD_CHECKS)
    register_blocker("grid.has_posts", open_posts_on)
    register_blocker("grid.has_open_hazards", open_hazards_on)
    register_post_blocker("people.post_has_hazards", open_hazards_of_post)
    grid_views.grid_facts[:] = [_grid_facts]
    grid_stories.sentences.update(people_labels.EVENTS | change_labels.EVENTS | importing_labels.GRID_EVENTS)
    grid_stories.field_words |= {"post": people_labels.FIELDS, "person": people_labels.FIELDS}
    grid_stories.value_words["role"] = people_labels.ROLES
    for labels in LABELS:
        REFUSALS.update(getattr(labels, "REFUSALS", {}))
        FLASHES.update(getattr(labels, "FLASHES", {}))


def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    """The person who acts. Handlers that ask for one are behind the guard, so there is one."""
    found = signed(request)
    assert found is not None
    return found.actor


def create_app(settings: Settings | None = None, *, keep_database: bool = False) -> Litestar:
    """The application. `keep_database` leaves an open database alone (tests)."""
    chosen = settings or load_settings()
    if chosen.signature_service:
        sealing.use_service(plugged(chosen.signature_service, trouble="setting.service_missing"))
    register_rooms()
    configure_logs()

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        use_key_file(chosen.key_file)
        if not keep_database:
            await open_database(chosen.database_url)
        warm()
        bell = Bell(chosen.redis_url)
        use_bell(bell.ring)
        yield
        photos.shutdown()
        pdf.shutdown()
        sealing.shutdown()
        use_bell(None)
        await bell.close()
        if not keep_database:
            await close_database()

    app = Litestar(
        route_handlers=HANDLERS,
        middleware=[session_middleware],
        guards=[guard],
        before_request=check_csrf,
        before_send=[add_headers],
        exception_handlers=errors.HANDLERS,
        dependencies={"actor": Provide(provide_actor, sync_to_thread=False)},
        lifespan=[lifespan],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=1_000_000,
        debug=False,
    )
    app.state.settings = chosen
    know_strays(app)
    return app
