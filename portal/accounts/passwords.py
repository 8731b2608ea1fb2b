"""Password hashes: argon2id, two at a time and in threads, so that a morning rush neither fills the memory nor holds up
the other requests of the process.

7 MiB, five passes, one lane is one of the settings that OWASP names for argon2id; of those it keeps a web process
small, because freed memory of this size stays with the process. When the parameters change, a hash is renewed at its
owner's next sign-in.
"""

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from weakref import WeakKeyDictionary

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
HASHER = PasswordHasher(time_cost=5, memory_cost=7 * 1024, parallelism=1)

_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")
_slots: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


@cache
def common_passwords() -> frozenset[str]:
    """Passwords of ten signs and more that every guesser tries first."""
    text = (Path(__file__).parent / "common_passwords.txt").read_text("utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip())


@cache
def dummy_hash() -> str:
    """What a guess at an account that is not there is weighed against: the same work, and nothing fits (TA8)."""
    salt, body = (base64.b64encode(secrets.token_bytes(size)).rstrip(b"=").decode() for size in (16, 32))
    return f"$argon2id$v=19$m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}${salt}${body}"


@asynccontextmanager
async def slot() -> AsyncIterator[None]:
    """Waits for one of the places at which a password is weighed.

    Whoever counts guesses counts them inside, so that never more than two are under way uncounted.
    """
    loop = asyncio.get_running_loop()
    async with _slots.setdefault(loop, asyncio.Semaphore(AT_ONCE)):
        yield


async def hash_of(password: str) -> str:
    """A new hash with a salt of its own."""
    return await asyncio.get_running_loop().run_in_executor(_threads, HASHER.hash, password)


async def fits(password: str, stored: str | None) -> bool:
    """Whether the password belongs to the hash; without a hash it never does, after the same work."""
    right = await asyncio.get_running_loop().run_in_executor(_threads, _verify, stored or dummy_hash(), password)
    return right and stored is not None


def is_old(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
