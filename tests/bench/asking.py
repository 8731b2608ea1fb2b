"""Somebody who asks for a page again and again: `python -m tests.bench.asking PORT COOKIE PATH SECONDS` prints milliseconds.

A process of its own, so that work in the process that measures does not count as waiting.
"""

import http.client
import json
import sys
import time

PAUSE = 0.03


def ask(port: int, cookie: str, path: str, seconds: float) -> list[float]:
    """How long each answer took, in milliseconds."""
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    taken: list[float] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.perf_counter()
        wire.request("GET", path, headers={"Cookie": cookie})
        answer = wire.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        taken.append((time.perf_counter() - began) * 1000)
        time.sleep(PAUSE)
    return taken


if __name__ == "__main__":
    print(json.dumps(ask(int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4]))))
