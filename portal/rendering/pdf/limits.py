"""What one PDF may cost. Beyond it the process is ended, and the PDF with it; everything else goes on (TR4)."""

from typing import NamedTuple

MB = 1024 * 1024


class Limits(NamedTuple):
    """Seconds are for the first piece; each further piece of the same document adds `more_seconds`."""

    seconds: float = 60.0
    more_seconds: float = 2.0
    cpu_seconds: int = 40
    memory: int = 448 * MB  # beyond what the process has when it waits (about 90 MB): below 600 MB in all
    input: int = 24 * MB
    output: int = 48 * MB
    pixels: int = 40_000_000  # of one picture, before it is decoded
    waiting: int = 24  # documents that wait for a process; more are sent away
    jobs: int = 200  # a process is replaced after so many

    def seconds_for(self, pieces: int) -> float:
        """How long a document of so many pieces may take, by the clock on the wall."""
        return self.seconds + self.more_seconds * (pieces - 1)

    def cpu_seconds_for(self, pieces: int) -> int:
        """The same for the processor."""
        return self.cpu_seconds + round(self.more_seconds * (pieces - 1))
