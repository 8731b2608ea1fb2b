"""What the pages of swaps, take-overs and corrections show."""

from portal.duty.swapping.views.asking import AskView, OfferLine, ask_view, offer_line
from portal.duty.swapping.views.lists import SwapCard, SwapsView, swap_card, swaps_view
from portal.duty.swapping.views.reader import Reader, field_moment
from portal.duty.swapping.views.standing import CorrectionView, OfShiftView, TakeOverView, of_shift
from portal.duty.swapping.views.swap import SwapView, swap_view

__all__ = [
    "AskView",
    "CorrectionView",
    "OfShiftView",
    "OfferLine",
    "Reader",
    "SwapCard",
    "SwapView",
    "SwapsView",
    "TakeOverView",
    "ask_view",
    "field_moment",
    "of_shift",
    "offer_line",
    "swap_card",
    "swap_view",
    "swaps_view",
]
