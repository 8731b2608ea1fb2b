"""One hazard's page: the case, its people, its photos, the moves, and what their forms offer."""

from portal.hazards.views.card.choices import (
    Groups,
    MoveChoices,
    Options,
    category_groups,
    choice_groups,
    people_options,
    receiver_options,
)
from portal.hazards.views.card.moves import MoveView
from portal.hazards.views.card.page import CardPage, card_page
from portal.hazards.views.card.people import responsible_name
from portal.hazards.views.card.photos import PhotoView

__all__ = [
    "CardPage",
    "Groups",
    "MoveChoices",
    "MoveView",
    "Options",
    "PhotoView",
    "card_page",
    "category_groups",
    "choice_groups",
    "people_options",
    "receiver_options",
    "responsible_name",
]
