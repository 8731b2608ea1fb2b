"""Sending mail: what the rows say, through the server of the settings. Without a server there is no mail at all.

A message that was taken but not marked (the worker was killed in between) goes out again under the same Message-ID,
by which mail programs show it once.
"""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import structlog

from portal.audit.anchors import Tell
from portal.core.clock import now
from portal.core.crypto import unseal
from portal.core.ids import digest
from portal.reminders.labels import MAIL
from portal.reminders.services import (
    MailClaim,
    bundle_mail,
    claim_mail,
    lines_of,
    mail_failed,
    mail_not_needed,
    mail_sent,
)
from portal.reminders.views import mail_view
from portal.rendering.environment import render
from portal.rendering.i18n import known, translator
from portal.settings import Settings

log = structlog.get_logger(__name__)

SECONDS = 20.0
FOR_GOOD = 500


async def write_mail(settings: Settings, _slot: datetime) -> int:
    """Bundles what is unread into messages; nothing without a mail server."""
    return await bundle_mail() if settings.smtp_url else 0


async def deliver_mail(settings: Settings, _slot: datetime) -> int:
    """Sends what is due; stops at the first sign that the server itself is away. Gives how many were taken."""
    sent = 0
    while settings.smtp_url and (mail := await claim_mail()) is not None:
        try:
            sent += await _deliver(mail, settings)
        except (OSError, TimeoutError) as error:
            await mail_failed(mail, f"{type(error).__name__}: {error}", for_good=False, counts=False)
            log.warning("mail.server_away", why=str(error))
            break
    return sent


async def _deliver(mail: MailClaim, settings: Settings) -> int:
    address = unseal(mail.email_sealed) if mail.email_sealed else None
    if address is None:
        await mail_failed(mail, "no address", for_good=True)
        return 0
    lines = await lines_of(mail.id)
    if not lines:
        await mail_not_needed(mail)
        return 0
    language = known(mail.language)
    view = mail_view(lines, settings.base_url, language=language)
    message = _message(settings, formataddr((mail.name, address)), mail.key)
    message["Subject"] = translator(language)(MAIL["subject"], count=len(lines))
    message.set_content(render("mail/reminders.txt", language, view=view))
    message.add_alternative(render("mail/reminders.html", language, view=view), subtype="html")
    refused = await send(message, settings)
    if refused is None:
        return int(await mail_sent(mail))
    code, why = refused
    await mail_failed(mail, f"{code} {why}", for_good=code >= FOR_GOOD)
    return 0


def _message(settings: Settings, to: str, key: str) -> EmailMessage:
    """The head of a message. Its id comes from the key, so that a repetition is the same message."""
    host = urlsplit(settings.base_url).hostname or "anwang"
    message = EmailMessage()
    message["From"] = formataddr((MAIL["from"], sender(settings)))
    message["To"] = to
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{digest(key)[:40]}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    return message


def sender(settings: Settings) -> str:
    """The address in From: `?from=` of the server's address, else its user, else anwang@ the portal's host."""
    parts = urlsplit(settings.smtp_url or "")
    asked = parse_qs(parts.query).get("from", [""])[0]
    user = unquote(parts.username or "")
    return asked or (user if "@" in user else f"anwang@{urlsplit(settings.base_url).hostname or 'localhost'}")


async def send(message: EmailMessage, settings: Settings) -> tuple[int, str] | None:
    """Hands one message to the server: None when it was taken, `(code, why)` when it refused this message.

    Raises `OSError` or `TimeoutError` when the server is away or lets nobody in: then it is not the message's fault.
    """
    import aiosmtplib

    try:
        await aiosmtplib.send(message, sender=sender(settings), **_server(settings.smtp_url or ""))
    except aiosmtplib.SMTPRecipientsRefused as error:
        first = error.recipients[0]
        return first.code, first.message
    except aiosmtplib.SMTPDataError as error:
        return error.code, error.message
    except aiosmtplib.SMTPException as error:
        raise OSError(f"{type(error).__name__}: {error}") from error
    return None


def _server(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    tls = parts.scheme == "smtps"
    return {
        "hostname": parts.hostname, "port": parts.port or (465 if tls else 25), "use_tls": tls, "timeout": SECONDS,
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
    }  # fmt: skip


def send_lines(settings: Settings) -> Tell:
    """A way out for anchors: one mail with the lines to the address of the settings."""

    async def tell(lines: list[str]) -> str:
        to = settings.anchor_mail or ""
        message = _message(settings, to, "anchor:" + digest("".join(lines)))
        message["Subject"] = MAIL["anchor"]
        message.set_content("\n".join(lines) + "\n")
        refused = await send(message, settings)
        if refused is not None:
            raise OSError(f"{refused[0]} {refused[1]}")
        return to

    return tell
