"""Plays one peer on request: a line `COUNT SEED` on standard input, a line of JSON in return."""

import importlib
import json
import sys
import time

from . import outcome, world


def main():
    peer = importlib.import_module(f".{sys.argv[1]}", __package__)
    shared, names = world.load()
    if hasattr(peer, "prepare"):
        shared = peer.prepare(shared)
    peer.play(shared, 4, 1)  # compiles what is compiled on first use
    print(json.dumps({"ready": sys.argv[1]}), flush=True)
    for line in sys.stdin:
        count, seed = map(int, line.split())
        start = time.perf_counter()
        outcomes = peer.play(shared, count, seed)
        seconds = time.perf_counter() - start
        estimates = outcome.estimates(outcomes, names)
        print(json.dumps({"seconds": seconds, "estimates": estimates}), flush=True)


if __name__ == "__main__":
    main()
