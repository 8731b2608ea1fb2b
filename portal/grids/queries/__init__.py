"""Reading the tree. Questions that a page asks take `by: Actor`: outside the actor's scope there is nothing (TA1)."""

from portal.grids.queries.cards import CardRow, Family, family_of
from portal.grids.queries.finding import PAGE_ROWS, VACANT, Wanted, find_grids, like, vacant_args
from portal.grids.queries.grids import Crumb, GridRow, Part, crumbs, grid_row, grid_seen, ids_in
from portal.grids.queries.holders import Answers, HolderRow, HolderSource, answers_on, holders_of, use_holders
from portal.grids.queries.kinds import KindRow, SchemeRow, kinds_of, schemes_of
from portal.grids.queries.organisations import OrganisationRow, duty_phone_of, organisations_seen
from portal.grids.queries.stories import Change, NamedPerson, Told, last_change, people_named, story_of
from portal.grids.queries.tree import LEVEL_ROWS, above, in_tree_order, level_of, paths_named, subtree, top_levels

__all__ = [
    "LEVEL_ROWS",
    "PAGE_ROWS",
    "VACANT",
    "Answers",
    "CardRow",
    "Change",
    "Crumb",
    "Family",
    "GridRow",
    "HolderRow",
    "HolderSource",
    "KindRow",
    "NamedPerson",
    "OrganisationRow",
    "Part",
    "SchemeRow",
    "Told",
    "Wanted",
    "above",
    "answers_on",
    "crumbs",
    "duty_phone_of",
    "family_of",
    "find_grids",
    "grid_row",
    "grid_seen",
    "holders_of",
    "ids_in",
    "in_tree_order",
    "kinds_of",
    "last_change",
    "level_of",
    "like",
    "organisations_seen",
    "paths_named",
    "people_named",
    "schemes_of",
    "story_of",
    "subtree",
    "top_levels",
    "use_holders",
    "vacant_args",
]
