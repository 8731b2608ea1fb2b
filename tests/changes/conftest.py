"""The rooms lend each other what they know, as in the running portal."""

import pytest


@pytest.fixture(autouse=True)
def rooms() -> None:
    from portal.app import register_rooms

    register_rooms()
