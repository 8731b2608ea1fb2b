"""Changes of rosters. Each is one unit of work with its event."""

from portal.duty.rostering.services.drafting import draft_roster, drop_roster, redraft_roster
from portal.duty.rostering.services.publishing import publish_roster
from portal.duty.rostering.services.receipts import confirm_roster

__all__ = ["confirm_roster", "draft_roster", "drop_roster", "publish_roster", "redraft_roster"]
