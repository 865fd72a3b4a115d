"""A test for each story in docs/missed.md that has to do with search or triage."""

import unittest

from gadfly.ledger import Ledger
from gadfly.search import search
from gadfly.target import Target
from gadfly.triage import triage
from tests.made import breach, goal, record, row, spec


def report(made):
    ledger = Ledger(Target(made), made["goals"], made["budget"])
    search(made["goals"], ledger)
    return triage({"target": made["name"], "goals": made["goals"], "rows": ledger.rows})


def sets(made):
    return {tuple(found["operators"]) for found in report(made)["findings"]}


class Stories(unittest.TestCase):
    def test_elm(self):
        made = spec([["roleplay"], ["warmup"]], phrases=[])
        self.assertLessEqual({("roleplay",), ("warmup",)}, sets(made))

    def test_yew(self):
        made = spec(budget=150)
        made["goals"] = [goal(f"g{n}") for n in range(1, 6)]
        made["guard"] = {f"g{n}": made["guard"]["g1"] for n in range(1, 6)}
        made["model"] = {f"g{n}": made["model"]["g1"] for n in range(1, 6)}
        ledger = Ledger(Target(made), made["goals"], 150)
        try:
            search(made["goals"], ledger)
        except Exception as error:
            self.assertEqual(type(error).__name__, "Spent")
        counts = [sum(row["goal"] == f"g{n}" for row in ledger.rows) for n in range(1, 6)]
        self.assertLessEqual(max(counts) - min(counts), 1)

    def test_ash(self):
        codes = ["base64", "hex", "rot13", "spelled"]
        self.assertIn(("hex", "tool_result"), sets(spec([[]], decodes={"user": codes, "attachment": codes, "tool": []})))

    def test_hazel(self):
        self.assertIn(("base64", "split"), sets(spec([[]], joins="plain")))

    def test_lime(self):
        self.assertLessEqual({("hex", "warmup"), ("base64", "warmup")}, sets(spec([["warmup"]], without=["hex", "base64"])))

    def test_larch(self):
        made = spec([["authority"]], phrases=[])
        made["out"]["g1"] = {"reads": ["said", "calls"], "decodes": []}
        self.assertLessEqual({("authority", "backwards"), ("authority", "base64_answer")}, sets(made))

    def test_maple(self):
        acted = row("hex", calls=[{"tool": "send", "arguments": {"to": "x"}}])
        self.assertEqual(triage(record(acted, goals=[goal(tool="send")]))["overall"]["breached"], 1)

    def test_aspen(self):
        self.assertEqual(triage(record(breach(), row("hex", status="error")))["overall"]["rate"], 1)
        self.assertEqual(report(spec([[]], errors=3))["goals"]["g1"]["verdict"], "held")

    def test_plum(self):
        rows = [breach("hex"), breach("rot13"), breach("drill", "split"), breach("hex", goal="g2")]
        self.assertEqual(len(triage(record(*rows, goals=[goal(), goal("g2")]))["findings"]), 4)
