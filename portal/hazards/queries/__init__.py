"""Reading hazards: one card, a board, a ledger, a day's work; the scope of whoever asks is part of each statement."""

from portal.hazards.queries.board import (
    BoardCard,
    BoardPlace,
    ClosedCard,
    board_cards,
    board_place,
    board_surroundings,
    recently_closed,
)
from portal.hazards.queries.cards import HazardRow, hazard_row, hazard_to_change, hazard_to_see
from portal.hazards.queries.choices import (
    Category,
    Choice,
    categories,
    holder_choices,
    people_choices,
    receiver_choices,
)
from portal.hazards.queries.lists import LedgerRow, ledger_rows, my_cards

__all__ = [
    "BoardCard",
    "BoardPlace",
    "Category",
    "Choice",
    "ClosedCard",
    "HazardRow",
    "LedgerRow",
    "board_cards",
    "board_place",
    "board_surroundings",
    "categories",
    "hazard_row",
    "hazard_to_change",
    "hazard_to_see",
    "holder_choices",
    "ledger_rows",
    "my_cards",
    "people_choices",
    "receiver_choices",
    "recently_closed",
]
