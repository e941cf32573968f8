"""Writes numbered events until it is killed, and says each number that is safe. Run by the test of the writer.

Each line of standard input (first number, seed) starts such a process; its number is said first, and "dead" when it is gone.
"""

from __future__ import annotations

import os
import random
import sys
from itertools import count
from pathlib import Path

from controller.archive.event import Event
from controller.archive.writer import Archive

TEN_DAYS_S = 10 * 86_400


def write(folder: Path, first: int, seed: int) -> None:
    draw = random.Random(seed)
    archive = Archive(folder, "post")
    numbers = count(first)
    print("ready", flush=True)
    while True:
        last = 0
        for _ in range(draw.randint(1, 40)):
            last = next(numbers)
            archive.add([Event(1.79e9 + last * 7919 % TEN_DAYS_S / 5, 1, last % 100, last % 30000, f"n{last}")])
        archive.flush()
        print(last, flush=True)
        if draw.random() < 0.1:
            archive.fold()


def main(folder: Path) -> None:
    for line in sys.stdin:
        first, seed = map(int, line.split())
        child = os.fork()
        if child == 0:
            print(os.getpid(), flush=True)
            write(folder, first, seed)
        os.waitpid(child, 0)
        print("dead", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
