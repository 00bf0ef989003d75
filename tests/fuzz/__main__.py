"""Look for what breaks, for as long as you like.

    python -m tests.fuzz --minutes 5
    python -m tests.fuzz --only edits --count 1000000 --seed 7

Every target gets the same share of the time. A failure names its seed and try; `--seed S --first N`
with `--only` makes that try again. The exit code is 1 if anything failed.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from tests.fuzz.targets import ENOUGH, TARGETS, run


def main() -> int:
    arguments = parsed()
    seed = secrets.randbelow(2**31) if arguments.seed is None else arguments.seed
    targets = arguments.only or [it for it in TARGETS if it != "neovim" or arguments.neovim]
    each_s = 60 * arguments.minutes / len(targets)
    print(f"seed {seed}, {each_s:.0f} s each\n\n| what | tries | a second | found |\n|---|---|---|---|")
    has_failed = False
    for target in targets:
        # In a process of its own: what is looked for may end it.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            count = arguments.count or ENOUGH
            try:
                done, took_s, notes, failure = process.submit(
                    run, target, seed, each_s, count, arguments.first
                ).result()
            except Exception as error:  # noqa: BLE001 - it died
                done, took_s, notes, failure = 0, 0.0, "", f"{type(error).__name__}: {error}"
        rate = f"{done / took_s:,.0f}" if took_s else "–"
        print(
            f"| {TARGETS[target]} | {done:,} | {rate} | {notes if not failure else '**failed**'} |",
            flush=True,
        )
        if failure:
            has_failed = True
            print(f"\n{target}: {failure}\n", file=sys.stderr)
    return int(has_failed)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=__doc__.split("\n", maxsplit=1)[0]
    )
    parser.add_argument("--minutes", type=float, default=5.0, help="for all targets together")
    parser.add_argument("--only", action="append", choices=list(TARGETS), help="this target; may be repeated")
    parser.add_argument("--count", type=int, help="stop a target after so many of what it counts")
    parser.add_argument("--seed", type=int, help="make the same tries again")
    parser.add_argument("--first", type=int, default=0, help="the number of the first try")
    parser.add_argument("--neovim", action="store_true", help="drive a real Neovim too")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
