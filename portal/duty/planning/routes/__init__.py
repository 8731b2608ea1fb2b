"""The pages of the plan."""

from portal.duty.planning.routes import areas, calendar, fallbacks, overview, slots, words

ROUTES = [
    *overview.ROUTES,
    *areas.ROUTES,
    *slots.ROUTES,
    *words.ROUTES,
    *calendar.ROUTES,
    *fallbacks.ROUTES,
]
