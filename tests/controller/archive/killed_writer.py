"""Writes numbered events until it is killed, and says each number that is safe. Run by the test of the writer."""

from __future__ import annotations

import random
import sys
from itertools import count
from pathlib import Path

from controller.archive.event import Event
from controller.archive.writer import Archive

TEN_DAYS_S = 10 * 86_400


def main(folder: str, first: str, seed: str) -> None:
    draw = random.Random(int(seed))
    archive = Archive(Path(folder), "post")
    numbers = count(int(first))
    print("ready", flush=True)
    while True:
        last = 0
        for _ in range(draw.randint(1, 40)):
            last = next(numbers)
            archive.add([Event(1.79e9 + last * 7919 % TEN_DAYS_S / 5, 1, last % 100, last % 30000, f"n{last}")])
        archive.flush()
        print(last, flush=True)
        if draw.random() < 0.3:
            archive.fold()


if __name__ == "__main__":
    main(*sys.argv[1:])
