"""What the pages of the duty room show."""

from portal.duty.views.leaders import days_ahead, kind_text, now_and_next

__all__ = ["days_ahead", "kind_text", "now_and_next"]
