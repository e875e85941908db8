"""Plays armistice, plain Rust, krABMaga and the Python peers in turn; compares speed and results."""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
TARGET = HERE.parents[1] / "target"
REFERENCE = "armistice"
RUST = {
    REFERENCE: "release/replications",
    "rust_plain": "release/plain",
    "krabmaga_plain": "peers-krabmaga/release/armistice-krabmaga",
}
PEERS = (
    "mesa_plain",
    "numpy_plain",
    "numba_plain",
    "mesa_clever",
    "numpy_clever",
    "numba_clever",
)
MEASURES = (
    "p_agreement",
    "p_durable",
    "month",
    "months_open",
    "payoff_Russia",
    "payoff_Ukraine",
)
DECISIVE = MEASURES[:2]
LIMIT = 3.0  # standard errors of a difference
THREADS = ("OMP", "MKL", "OPENBLAS", "NUMBA", "NUMEXPR", "RAYON")
ONE_CORE = os.environ | {f"{name}_NUM_THREADS": "1" for name in THREADS}
TWINS = ("rust_plain", "krabmaga_plain")  # the same steps from the same luck
SHORTEST = 0.3  # seconds of play from which a rate is believed when rounds are planned


class Unusable(Exception):
    """A program is missing or says nothing that can be compared."""


class Rust:
    """A program that is started for each round, and prints tab-separated lines."""

    first_count = 1000

    def __init__(self, name):
        self.name = name
        self.path = TARGET / RUST[name]
        if not self.path.exists():
            raise Unusable(f"there is no target/{RUST[name]}")

    def play(self, count, seed):
        command = [self.path, str(count), str(seed)]
        run = subprocess.run(command, env=ONE_CORE, stdout=subprocess.PIPE, text=True, check=True)
        rows = [line.split("\t") for line in run.stdout.splitlines()]
        numbers = {row[0]: [float(text) for text in row[1:]] for row in rows if len(row) > 1}
        missing = [name for name in ("seconds", *MEASURES) if name not in numbers]
        if missing:
            raise Unusable(f"target/{RUST[self.name]} prints no line {missing[0]}")
        return numbers["seconds"][0], {name: tuple(numbers[name]) for name in MEASURES}

    def close(self):
        pass


class Python:
    """A worker that lives as long as the comparison, so that it compiles once."""

    first_count = 8

    def __init__(self, name):
        self.name = name
        command = [sys.executable, "-m", "peers.worker", name]
        self.worker = subprocess.Popen(
            command, cwd=HERE, env=ONE_CORE, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        self.answer()

    def answer(self):
        line = self.worker.stdout.readline()
        if not line:
            raise Unusable(f"{self.name} ended before it answered")
        return json.loads(line)

    def play(self, count, seed):
        self.worker.stdin.write(f"{count} {seed}\n")
        self.worker.stdin.flush()
        answer = self.answer()
        return answer["seconds"], {name: tuple(answer["estimates"][name]) for name in MEASURES}

    def close(self):
        self.worker.stdin.close()
        self.worker.wait()


@dataclass
class Record:
    """What one program did in all rounds."""

    count: int = 0  # replications in a round
    rates: list = field(default_factory=list)
    estimates: list = field(default_factory=list)

    def note(self, seconds, estimates):
        self.rates.append(self.count / seconds)
        self.estimates.append(estimates)

    def pooled(self, measure):
        """Mean and standard error over all rounds; the month counts agreements only."""
        def size(estimates):
            return self.count * (estimates["p_agreement"][0] if measure == "month" else 1.0)

        rounds = [(size(known), *known[measure]) for known in self.estimates]
        rounds = [(n, mean, error) for n, mean, error in rounds if math.isfinite(mean * error)]
        total = sum(n for n, _, _ in rounds)
        if total == 0.0:
            return math.nan, math.nan
        mean = sum(n * mean for n, mean, _ in rounds) / total
        error = math.sqrt(sum((n * error) ** 2 for n, _, error in rounds)) / total
        return mean, error


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="rounds, each program once (7)")
    parser.add_argument("--seconds", type=float, default=2.0, help="aim for a program's round (2)")
    parser.add_argument("--seed", type=int, default=1, help="what all seeds are derived from (1)")
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=PEERS, help="which (all)")
    parser.add_argument("--json", type=Path, help="where to write all figures")
    return parser.parse_args()


def start(peers):
    """Every program that can be had."""
    makers = [lambda name=name: Rust(name) for name in RUST]
    makers += [lambda name=name: Python(name) for name in peers]
    programs = []
    for make in makers:
        try:
            programs.append(make())
        except Unusable as reason:
            print(f"LEFT OUT: {reason}", flush=True)
    return programs


def plan(program, seconds):
    """How many replications take about so many seconds."""
    count = program.first_count
    while True:
        taken, _ = program.play(count, 1)
        if taken >= SHORTEST:
            return max(2, round(count * seconds / taken))
        count = math.ceil(count * min(10.0, 1.5 * SHORTEST / max(taken, 1e-6)))


def planned(programs, seconds):
    """The programs that play, each with a record of how many replications a round has."""
    records = {}
    for program in list(programs):
        try:
            records[program.name] = Record(plan(program, seconds))
        except Unusable as reason:
            print(f"LEFT OUT: {reason}", flush=True)
            programs.remove(program)
    return records


def play(programs, records, rounds, seed):
    for at in range(rounds):
        turn = at % len(programs)
        for program in programs[turn:] + programs[:turn]:
            own = seed * 1_000_000 + at * 1000 + list(records).index(program.name) + 2
            record = records[program.name]
            record.note(*program.play(record.count, own))
        print(f"round {at + 1} of {rounds} played", file=sys.stderr, flush=True)


def ratios(record, reference):
    """How many times as fast the reference was, round by round."""
    return [ours / theirs for ours, theirs in zip(reference.rates, record.rates)]


def twins_agree(programs):
    """Whether two programs that must end in the same to the last digit do; true where one is missing."""
    twins = [program for program in programs if program.name in TWINS]
    first, *rest = [program.play(100, 1)[1] for program in twins] or [None]
    if rest:
        same = "the same to the last digit" if rest[0] == first else "DIFFERENT"
        print(f"\n{' and '.join(TWINS)}, 100 replications from one seed: {same}.")
    return all(other == first for other in rest)


def show_speed(records):
    reference = records.get(REFERENCE)
    print("\nReplications a second on one core")
    print(f"{'':14}{'a round':>9}{'median':>11}{'least':>11}{'greatest':>11}", end="")
    print(f"{'armistice is so many times as fast':>38}")
    groups = {
        "": [REFERENCE],
        "as usually written": [name for name in records if name.endswith("_plain")],
        "equally clever": [name for name in records if name.endswith("_clever")],
    }
    for title, names in groups.items():
        if title and names:
            print(title)
        for name in filter(records.get, names):
            record = records[name]
            middle = statistics.median(record.rates)
            print(f"  {name:12}{record.count:>9}{middle:>11,.0f}", end="")
            print(f"{min(record.rates):>11,.0f}{max(record.rates):>11,.0f}", end="")
            if reference is None or record is reference:
                print()
                continue
            times = ratios(record, reference)
            print(f"{statistics.median(times):>16,.2f}", end="")
            print(f"   ({min(times):,.2f} to {max(times):,.2f})")


def differences(records):
    """For each peer and measure the difference to the reference, in its standard errors."""
    reference = records[REFERENCE]
    found = {}
    for name, record in records.items():
        if name == REFERENCE:
            continue
        for measure in MEASURES:
            ours, our_error = reference.pooled(measure)
            theirs, their_error = record.pooled(measure)
            spread = math.hypot(our_error, their_error)
            found[name, measure] = (theirs - ours) / spread if spread > 0.0 else math.nan
    return found


def show_agreement(records):
    """Prints the differences; whether none of the decisive ones is beyond the limit."""
    found = differences(records)
    print("\nDifference to armistice in standard errors of the difference")
    print(f"{'':14}{'replications':>13}" + "".join(f"{measure:>16}" for measure in MEASURES))
    for name, record in records.items():
        total = record.count * len(record.rates)
        print(f"  {name:12}{total:>13,}", end="")
        for measure in MEASURES:
            if name == REFERENCE:
                print(f"{record.pooled(measure)[0]:>16.4f}", end="")
            else:
                print(f"{found[name, measure]:>+16.2f}", end="")
        print()
    decisive = {key: z for key, z in found.items() if key[1] in DECISIVE}
    one = math.erfc(LIMIT / math.sqrt(2.0))
    alarm = 1.0 - (1.0 - one) ** len(decisive)
    print(f"\n{len(decisive)} differences decide ({', '.join(DECISIVE)}): none may be beyond {LIMIT:g}.")
    print(f"Where all programs play the same model, one is so by chance in {alarm:.1%} of comparisons,")
    print("if differences are taken as independent. The others are reported only.")
    beyond = [f"{name} {measure}" for (name, measure), z in decisive.items() if not abs(z) <= LIMIT]
    print("DISAGREE: " + ", ".join(beyond) if beyond else "All agree.")
    return not beyond


def write(path, records):
    def figures(name, record):
        pooled = {measure: record.pooled(measure) for measure in MEASURES}
        result = {"replications_a_round": record.count, "rates": record.rates, "estimates": pooled}
        if REFERENCE in records and name != REFERENCE:
            result["armistice_times_as_fast"] = ratios(record, records[REFERENCE])
            found = differences(records)
            result["z"] = {measure: found[name, measure] for measure in MEASURES}
        return result

    text = json.dumps({name: figures(name, record) for name, record in records.items()}, indent=2)
    path.write_text(text + "\n", encoding="utf-8")


def main():
    asked = options()
    programs = start(asked.peers)
    records = planned(programs, asked.seconds)
    play(programs, records, asked.rounds, asked.seed)
    twins = twins_agree(programs)
    for program in programs:
        program.close()
    show_speed(records)
    if asked.json:
        write(asked.json, records)
    if REFERENCE not in records:
        print("\nNOTHING WAS CHECKED: armistice itself did not play.")
        return 2
    return 0 if show_agreement(records) and twins else 1


if __name__ == "__main__":
    sys.exit(main())
