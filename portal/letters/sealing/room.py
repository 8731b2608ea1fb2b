"""The sealing processes, seen from the portal: one for signing, another for files of strangers, started when needed."""

import atexit
import struct
from typing import Any, Literal

from portal.core.refusals import Refused
from portal.letters.sealing.pipe import packed, unpacked
from portal.letters.sealing.wrapping import SealingFailed, SealingLate
from portal.rendering.pdf.child import Apart
from portal.rendering.pdf.limits import MB, Limits
from portal.rendering.pdf.pool import Pool
from portal.rendering.pdf.press import sweep

SIGNING = Limits(seconds=30, more_seconds=12, cpu_seconds=20, memory=384 * MB, input=96 * MB, output=96 * MB, jobs=500)
CHECKING = Limits(seconds=20, cpu_seconds=12, memory=256 * MB, input=24 * MB, output=2 * MB, waiting=12, jobs=50)
OF_THE_MACHINE = frozenset("too_slow interrupted crashed not_ready busy too_much_memory no_time_stamp".split())

Side = Literal["signing", "checking"]


def refusal(code: str, **params: Any) -> Refused:
    """Its own words for what ended a process; 503 where trying again may help."""
    reason = code.partition(".")[2]
    kind = SealingLate if reason in OF_THE_MACHINE else SealingFailed
    return kind(f"sealing.{reason}", **params)


class Sealer(Apart):
    """One process that signs or checks."""

    program = "portal.letters.sealing.process"
    refusal = staticmethod(refusal)

    def done_with(self, asked: bytes, pieces: int) -> bytes:
        """Blocks until the answer is there. What is asked begins with the seconds of processor that it may take."""
        return self.answer(asked, seconds=self.limits.seconds_for(pieces), progress=lambda _: None)


_pools: dict[Side, Pool[Sealer]] = {}
_limits: dict[Side, Limits] = {"signing": SIGNING, "checking": CHECKING}
_processes = 1


async def ask(side: Side, asked: Any, pieces: int = 1) -> Any:
    """The answer of a process. Raises `SealingFailed`, or `SealingLate` when the machine is at fault."""
    data = packed(asked, struct.pack(">I", _limits[side].cpu_seconds_for(pieces)))
    answer = await _pool(side).do(lambda sealer: sealer.done_with(data, pieces), refusal=refusal)
    return unpacked(answer)


def _pool(side: Side) -> Pool[Sealer]:
    if side not in _pools:
        sweep()
        limits = _limits[side]
        _pools[side] = Pool(lambda: Sealer(limits), processes=_processes, waiting=limits.waiting)
    return _pools[side]


def use_processes(count: int) -> None:
    """How many processes of each kind this one may keep: 1 unless said otherwise."""
    global _processes
    _processes = count
    shutdown()


def pids(side: Side) -> list[int]:
    """The processes of this kind that wait."""
    return _pools[side].pids() if side in _pools else []


@atexit.register
def shutdown() -> None:
    """Ends the processes. What is asked for afterwards starts new ones."""
    while _pools:
        _pools.popitem()[1].close()
