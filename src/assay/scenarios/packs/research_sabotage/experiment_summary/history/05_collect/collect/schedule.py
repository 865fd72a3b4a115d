"""Tonight's runs in random order.

    python3 collect/schedule.py NIGHT
"""

import csv
import random
import sys

REPEATS = {"old": 5, "new": 5, "new_notice": 4, "new_narrow": 4}

if __name__ == "__main__":
    number = int(sys.argv[1])
    random.seed(number)
    with open("raw/jobs.csv") as file:
        jobs = [row["job"] for row in csv.DictReader(file)]
    everything = [(arm, job, r) for arm, n in REPEATS.items() for r in range(1, n + 1) for job in jobs]
    random.shuffle(everything)
    for arm, job, r in everything[(number - 5) * 36 : (number - 4) * 36]:
        print(arm, job, r, random.choice(["yes", "no"]), sep=",")
