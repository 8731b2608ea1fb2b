"""The pages and acts of swaps, emergency take-overs and corrections."""

from portal.duty.swapping.routes import asking, standing_in, swaps

ROUTES = [*swaps.ROUTES, *asking.ROUTES, *standing_in.ROUTES]
