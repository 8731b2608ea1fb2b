"""What letters say and between whom: texts, chains, numbers, rounds."""

from piccolo.columns import Boolean, Date, Integer, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table


class LetterTemplate(Table, tablename="letter_template"):
    """The wording of one kind of letter in one version; shared (`org_id` null) or a school's own.

    A version is never edited: the next one ends it. `body` is the clauses with their placeholders (JSON).
    """

    id: Serial
    org_id = Integer(null=True, default=None)
    kind = Varchar(length=20)
    edition = Integer(default=1)
    title = Varchar(length=120)
    body = Text()
    digest = Varchar(length=64)
    made_at = Timestamptz()
    made_by = Integer(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class LetterEdge(Table, tablename="letter_edge"):
    """One step of a chain: whoever holds a post of one role gives the letter, one of the other role takes it (R104).

    `reach` says which giver: `above` the nearest on the way up from the receiver's grid, `school` the one of the whole
    school, `office` the head of the receiver's own grid. `step` orders a round: upper letters first.
    """

    id: Serial
    org_id = Integer(null=True, default=None)
    kind = Varchar(length=20)
    step = Integer(default=1)
    giver_role = Varchar(length=30)
    taker_role = Varchar(length=30)
    reach = Varchar(length=10, default="above")
    is_on_paper = Boolean(default=False)
    sort = Integer(default=0)
    made_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)


class LetterCounter(Table, tablename="letter_counter"):
    """The last number that an organisation gave in a year; it rises in the transaction that writes the letter."""

    id: Serial
    org_id = Integer()
    year = Integer()
    seq = Integer(default=0)


class LetterRound(Table, tablename="letter_round"):
    """A school year's letters of one kind, made together (F4, R105); how far it is, is counted from its letters."""

    id: Serial
    org_id = Integer()
    kind = Varchar(length=20)
    label = Varchar(length=60)
    starts_at = Timestamptz()
    ends_at = Timestamptz(null=True, default=None)
    asked_at = Timestamptz()
    asked_by = Integer(null=True, default=None)
    sign_by = Date(null=True, default=None)
    version = Integer(default=1)
