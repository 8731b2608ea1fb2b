"""What is written about coverage: the number over time, the maps, and who looked at names that look alike."""

from portal.coverage.services.looking import confirm_look_alike
from portal.coverage.services.maps import draw_map, draw_stale_maps
from portal.coverage.services.spans import count_stale, spans_follow, write_spans

__all__ = ["confirm_look_alike", "count_stale", "draw_map", "draw_stale_maps", "spans_follow", "write_spans"]
