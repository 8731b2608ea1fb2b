"""Routes of the hazards room: report, board, card, moves, photos."""

from portal.hazards.routes.board import see_boards, show_board
from portal.hazards.routes.card import create_move, create_undo, show_hazard, show_moves, show_photo
from portal.hazards.routes.care import ROUTES as CARE
from portal.hazards.routes.owning import create_dispute, create_ruling, create_urge
from portal.hazards.routes.report import create_hazard, find_places, show_report

ROUTES = [
    see_boards,
    show_board,
    show_report,
    create_hazard,
    find_places,
    show_hazard,
    show_moves,
    create_move,
    create_undo,
    show_photo,
    *CARE,
    create_urge,
    create_dispute,
    create_ruling,
]
