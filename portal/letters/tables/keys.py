"""Keys, passkeys, certificates and consents."""

from typing import Any

from piccolo.columns import BigInt, ForeignKey, Integer, OnDelete, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table

from portal.people.tables import Person


class SigningAuthority(Table, tablename="signing_authority"):
    """A school's own certificate authority and its seal. Their keys are sealed by the key file; a person's never is.

    `revocations` is the last list of taken-back certificates (base64), renewed before it runs out.
    """

    id: Serial
    org_id = Integer(unique=True)
    certificate = Text()
    key_sealed = Text()
    seal_certificate = Text()
    seal_key_sealed = Text()
    revocations = Text(null=True, default=None)
    next_list_at = Timestamptz(null=True, default=None)
    made_at = Timestamptz()
    version = Integer(default=1)


class SigningKey(Table, tablename="signing_key"):
    """A person's own key under the school's authority, wrapped by a secret that only they give (F7, TP3).

    Nobody can open it without that secret, the portal's keeper included. A lost secret ends the row; the next key gets
    a new certificate, and letters signed before stay valid.
    """

    id: Serial
    org_id = Integer()
    person_id: ForeignKey[Any] = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    serial = Varchar(length=60)
    certificate = Text()
    wrapped = Text()
    made_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
    end_reason = Varchar(length=20, null=True, default=None)
    failures = Integer(default=0)
    locked_until = Timestamptz(null=True, default=None)
    version = Integer(default=1)


class SigningPasskey(Table, tablename="signing_passkey"):
    """A passkey that opens somebody's signing key: `wrapped` is that key under the passkey's own secret (PRF, TP3).

    The secret stays in the device; `prf_salt` is what it is asked with. Ids and keys are base64url. It ends with its
    signing key, or by itself.
    """

    id: Serial
    key_id: ForeignKey[Any] = ForeignKey(SigningKey, null=False, on_delete=OnDelete.restrict)
    org_id = Integer()
    person_id: ForeignKey[Any] = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    credential = Varchar(length=1400)  # WebAuthn allows 1023 bytes
    public_key = Text()
    sign_count = BigInt(default=0)
    aaguid = Varchar(length=36, default="")
    label = Varchar(length=60, default="")
    prf_salt = Varchar(length=43)
    wrapped = Text()
    made_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)


class SigningChallenge(Table, tablename="signing_challenge"):
    """A challenge that was given to somebody's passkey, for one thing and one use: taken out, it is deleted.

    Only digests: of the challenge, and of what it is for (which letters, with which files).
    """

    id: Serial
    org_id = Integer()
    person_id: ForeignKey[Any] = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    digest = Varchar(length=64)
    purpose = Varchar(length=64)
    ends_at = Timestamptz()


class SigningConsent(Table, tablename="signing_consent"):
    """That somebody agreed to sign electronically, to a text in a version, once (F9)."""

    id: Serial
    org_id = Integer()
    person_id: ForeignKey[Any] = ForeignKey(Person, null=False, on_delete=OnDelete.restrict)
    edition = Integer()
    text_digest = Varchar(length=64)
    given_at = Timestamptz()
    withdrawn_at = Timestamptz(null=True, default=None)


class SigningEnded(Table, tablename="signing_ended"):
    """A school's authority or seal that a newer one took the place of: kept, or old letters could not be checked.

    `kind`: authority, seal. Of an authority the key is kept for its list of taken-back certificates alone; that of a
    seal is gone.
    """

    id: Serial
    org_id = Integer()
    kind = Varchar(length=10)
    certificate = Text()
    key_sealed = Text(null=True, default=None)
    revocations = Text(null=True, default=None)
    listed_at = Timestamptz(null=True, default=None)
    next_list_at = Timestamptz(null=True, default=None)
    number = Integer(default=1)  # of the last list
    ended_at = Timestamptz()
