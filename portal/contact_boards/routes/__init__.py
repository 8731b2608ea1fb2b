"""Addresses of this room."""

from portal.contact_boards.routes import office, public, reporting, screening

ROUTES = [*public.ROUTES, *reporting.ROUTES, *office.ROUTES, *screening.ROUTES]
