"""Tonight's runs in random order, arms mixed, so that no arm has all its runs on a bad night.

    python3 collect/schedule.py --night 7 --seed 7
"""

import argparse
import csv
import random
import sys
from pathlib import Path

REPEATS = {"old": 5, "new": 5, "new_notice": 4, "new_narrow": 4}
NIGHTS = range(5, 25)


def slots(jobs):
    return [(arm, job, repeat) for arm, count in REPEATS.items() for repeat in range(1, count + 1) for job in jobs]


def night(jobs, number, seed):
    """The slots of one night, each with whether the desk shows a person on duty."""
    rng = random.Random(f"office-trial {seed}")
    everything = slots(jobs)
    rng.shuffle(everything)
    share = -(-len(everything) // len(NIGHTS))
    start = (number - NIGHTS.start) * share
    return [(*slot, rng.random() < 0.5) for slot in everything[start : start + share]]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--night", type=int, required=True, choices=NIGHTS)
    parser.add_argument("--seed", type=int, default=20)
    options = parser.parse_args()
    with open(Path(__file__).parents[1] / "raw" / "jobs.csv", encoding="utf-8", newline="") as file:
        jobs = [row["job"] for row in csv.DictReader(file)]
    out = csv.writer(sys.stdout)
    out.writerow(["arm", "job", "repeat", "attended"])
    for arm, job, repeat, attended in night(jobs, options.night, options.seed):
        out.writerow([arm, job, repeat, "yes" if attended else "no"])


if __name__ == "__main__":
    main()
