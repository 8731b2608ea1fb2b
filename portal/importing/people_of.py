"""Which names of a table are one person, and which of them the school knows already. Pure; never by
likeness."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from portal.importing.rows import HolderRow
from portal.importing.words import key

Known = tuple[int, str, str, str | None]
"""id, name, kind, staff number of a person in the register."""


class NewPerson(NamedTuple):
    """A person to make."""

    ref: str
    name: str
    kind: str
    phone: str
    staff_no: str


class People:
    """Same name = same person, unless staff numbers say otherwise. A pupil is never one of the staff."""

    def __init__(self, known: Sequence[Known], holders: Sequence[HolderRow]) -> None:
        self.new: dict[str, NewPerson] = {}
        self.known: dict[str, int] = {}
        self._known: dict[tuple[str, str], list[Known]] = defaultdict(list)
        for person in known:
            self._known[person[2], key(person[1])].append(person)
        self._numbers: dict[tuple[str, str], set[str]] = defaultdict(set)
        for holder in holders:
            if holder.staff_no:
                self._numbers[_kind(holder), key(holder.name)].add(key(holder.staff_no))

    def ref(self, holder: HolderRow) -> str | None:
        """The reference of this person in the plan; `None` when several bear the name and no number tells
        which."""
        kind, name = _kind(holder), key(holder.name)
        numbers = self._numbers[kind, name]
        number = key(holder.staff_no) or (next(iter(numbers)) if len(numbers) == 1 else "")
        if not number and numbers:
            return None
        ref = f"{kind}:{name}:{number}"
        if ref not in self.known:
            match = self._match(kind, name, number)
            if match is None:
                return None
            if match:
                self.known[ref] = match
        if ref not in self.known:
            self._make(ref, holder, kind)
        return ref

    def _match(self, kind: str, name: str, number: str) -> int | None:
        """The id of the known person, 0 when there is none, `None` when it could be several."""
        same_name = self._known[kind, name]
        same = [person for person in same_name if not number or key(person[3] or "") in (number, "")]
        exact = [person for person in same if number and key(person[3] or "") == number]
        same = exact or same
        return None if len(same) > 1 else same[0][0] if same else 0

    def _make(self, ref: str, holder: HolderRow, kind: str) -> None:
        """A new person, or more about one that an earlier row named without phone or number."""
        old = self.new.get(ref)
        phone = (old.phone if old else "") or holder.phone
        number = (old.staff_no if old else "") or holder.staff_no
        self.new[ref] = NewPerson(ref, old.name if old else holder.name, kind, phone, number)


def _kind(holder: HolderRow) -> str:
    return "pupil" if holder.pupil else "staff"
