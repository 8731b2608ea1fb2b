"""The register's rows."""

from collections.abc import Iterable, Mapping, Sequence

from portal.grids import labels
from portal.grids.queries import CardRow, HolderRow
from portal.grids.views.tree import answering
from portal.rendering.i18n import Translate, translator


def register_rows(
    cards: Sequence[CardRow], holders: Iterable[HolderRow], paths: Mapping[int, str], language: str
) -> list[list[str | int | float | None]]:
    """The register's rows in the order of `labels.REGISTER_HEAD`. Pupils and their posts are left out (R44)."""
    say = translator(language)
    held: dict[int, list[HolderRow]] = {}
    for row in holders:
        if row.person_kind != "pupil" and row.role != "pupil":
            held.setdefault(row.grid_id, []).append(row)
    return [
        _register_row(number, card, held.get(card.id, []), paths.get(card.id, ""), say, language)
        for number, card in enumerate(cards, start=1)
    ]


def _register_row(
    number: int, card: CardRow, held: Sequence[HolderRow], path: str, say: Translate, language: str
) -> list[str | int | float | None]:
    first = next(iter(answering(held)), None)
    others = dict.fromkeys(row.name or "" for row in held if row.person_id is not None and row is not first)
    titles = dict.fromkeys(row.title for row in held)
    return [
        number, card.name, card.kind_text(language), card.level_label,
        " ".join(text for text in (path, card.location) if text), card.area_m2,
        (first.name if first else None) or ("" if card.is_heading else say(labels.NOBODY)),
        say(labels.AND).join(name for name in others if first is None or name != first.name),
        say(labels.AND).join(titles),
        card.main_buildings, card.key_places, say(labels.YES) if card.is_key_spot else None,
        card.range_note, card.duty_note, card.assessment_note,
    ]  # fmt: skip
