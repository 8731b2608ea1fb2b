"""The policy: each route names what it asks for, each change is protected, and the page of the policy is true."""

from pathlib import Path

import pytest
from litestar import Litestar

from portal.permissions.rules import GRANTS, Permission, Role
from portal.permissions_page import text
from portal.settings import Settings
from portal.web.guards import PUBLIC

ROOT = Path(__file__).parents[2]
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def app(settings: Settings) -> Litestar:
    from portal.app import create_app

    return create_app(settings, keep_database=True)


def handlers(app: Litestar) -> list[tuple[str, str, object]]:
    """Every route as (method, path, permission)."""
    found = []
    for route in app.routes:
        for handler in getattr(route, "route_handlers", []):
            for method in getattr(handler, "http_methods", []):
                if str(method) != "OPTIONS":
                    found.append((str(method), route.path, handler.opt.get("permission")))
    return found


def test_each_route_names_a_permission(app: Litestar) -> None:
    known = {PUBLIC, *Permission}
    nameless = [(method, path) for method, path, permission in handlers(app) if permission not in known]
    assert not nameless, f"name a permission for {nameless}"


def test_reading_and_changing_never_share_a_permission(app: Litestar) -> None:
    reading = {p for method, _, p in handlers(app) if method not in UNSAFE} - {PUBLIC}
    changing = {p for method, _, p in handlers(app) if method in UNSAFE} - {PUBLIC}
    assert not reading & changing, f"both read and change with {reading & changing}"


def test_only_get_and_post_are_spoken(app: Litestar) -> None:
    assert {method for method, _, _ in handlers(app)} <= {"GET", "POST", "HEAD"}


def test_each_permission_is_used_and_held_by_somebody(app: Litestar) -> None:
    used = {permission for _, _, permission in handlers(app)}
    assert not [p for p in Permission if p not in used], "a permission that no route asks for"
    assert not [p for p in Permission if not any(p in held for held in GRANTS.values())]


def test_a_pupil_has_no_rights() -> None:
    assert GRANTS[Role.PUPIL] == {}


def test_the_page_of_the_policy_is_what_the_policy_says() -> None:
    assert (ROOT / "docs/permissions.md").read_text("utf-8") == text(), (
        "run: python -m portal.permissions_page > docs/permissions.md"
    )
