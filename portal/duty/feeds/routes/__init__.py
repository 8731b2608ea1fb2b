"""The pages of calendars, the files that calendars read, and the pages of leave from files."""

from portal.duty.feeds.routes import feeds, leave, public

ROUTES = [*feeds.ROUTES, *leave.ROUTES, *public.ROUTES]
