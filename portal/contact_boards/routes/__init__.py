"""Addresses of this room."""

from portal.contact_boards.routes import consents, office, plates, public, reporting, screening

ROUTES = [*public.ROUTES, *reporting.ROUTES, *office.ROUTES, *consents.ROUTES, *screening.ROUTES, *plates.ROUTES]
