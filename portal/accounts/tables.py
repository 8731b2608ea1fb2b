"""What lets a person in. Secrets stand here only as hashes."""

from piccolo.columns import Boolean, Integer, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table


class Account(Table, tablename="account"):
    """The sign-in of one person. Disabled at once with all its sessions (I8)."""

    id: Serial
    org_id = Integer()
    person_id = Integer(unique=True)
    login = Varchar(length=60, unique=True)
    password_hash = Text(null=True, default=None)
    must_change = Boolean(default=False)
    disabled_at = Timestamptz(null=True, default=None)
    last_sign_in_at = Timestamptz(null=True, default=None)
    version = Integer(default=1)
    created_at = Timestamptz()


class SignedInSession(Table, tablename="session"):
    """One device that is signed in. The token is made by the server and stored as a digest (TA6)."""

    id: Serial
    token_digest = Varchar(length=64, unique=True)
    account_id = Integer(index=True)
    device = Varchar(length=200, default="")
    address = Varchar(length=64, default="")
    created_at = Timestamptz()
    seen_at = Timestamptz()
    expires_at = Timestamptz()
    idle_seconds = Integer(default=43200)
    idle_until = Timestamptz()
    proved_at = Timestamptz()
    revoked_at = Timestamptz(null=True, default=None)
    revoked_why = Varchar(length=30, null=True, default=None)


class Invitation(Table, tablename="invitation"):
    """A one-time way in, printed or shown as a QR code. A GET never uses it up (I7)."""

    id: Serial
    org_id = Integer()
    person_id = Integer(index=True)
    purpose = Varchar(length=10, default="invite")  # invite | reset
    code_digest = Varchar(length=64, unique=True)
    made_at = Timestamptz()
    made_by = Integer(null=True, default=None)
    expires_at = Timestamptz()
    tries = Integer(default=0)
    used_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)


class SignInAttempt(Table, tablename="sign_in_attempt"):
    """Counted per account, per address and per known device.

    That is how a school behind one address is never locked out (TA7).
    """

    id: Serial
    login_digest = Varchar(length=64)
    network = Varchar(length=64)
    device_digest = Varchar(length=64, null=True, default=None)
    ok = Boolean(default=False)
    evaluated = Boolean(default=True)
    at = Timestamptz()


class KnownDevice(Table, tablename="known_device"):
    """A browser that this account has signed in from before; it is let through while strangers guess."""

    id: Serial
    account_id = Integer(index=True)
    token_digest = Varchar(length=64, unique=True)
    created_at = Timestamptz()
    seen_at = Timestamptz()
