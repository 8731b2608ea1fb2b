"""The pages of the accounts room."""

from portal.accounts.routes import admin, entry, own

HANDLERS = [*entry.HANDLERS, *own.HANDLERS, *admin.HANDLERS]
