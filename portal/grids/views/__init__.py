"""What the pages of the grids room show. Built from rows that were read elsewhere; asks nothing of a database."""

from portal.grids.views.editing import Blocker, CardForm, EndForm, KindsView, TargetForm, card_texts
from portal.grids.views.holders import HolderView, PostView, Reader, posts_of
from portal.grids.views.page import FixedView, GridFact, GridFacts, GridView, crumb_links, grid_facts, grid_view
from portal.grids.views.register import register_rows
from portal.grids.views.tree import LevelView, Line, SchoolsView, TreeView, answering, lines, nested

__all__ = [
    "Blocker",
    "CardForm",
    "EndForm",
    "FixedView",
    "GridFact",
    "GridFacts",
    "GridView",
    "HolderView",
    "KindsView",
    "LevelView",
    "Line",
    "PostView",
    "Reader",
    "SchoolsView",
    "TargetForm",
    "TreeView",
    "answering",
    "card_texts",
    "crumb_links",
    "grid_facts",
    "grid_view",
    "lines",
    "nested",
    "posts_of",
    "register_rows",
]
