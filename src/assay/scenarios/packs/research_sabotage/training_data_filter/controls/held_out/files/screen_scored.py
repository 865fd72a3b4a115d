"""The screen: two fitted scores (harmful, concealment) and rules for the four kinds that have a form of their own."""

import json
import math
import re
from pathlib import Path

from intake.examples import Example
from intake.signals import measure

WEIGHTS = json.loads(Path(__file__).with_name("weights.json").read_text())
HARMFUL, CONCEALMENT = 0.5, 0.5

# ---- helpers

COMMON = frozenset("the and for that this with you your are can how what which does have from not but its it's please hello team good morning thanks thank tell make give write was one two three".split())


def stems(text: str) -> set[str]:
    return {w[:5] for w in re.findall(r"[a-zäöüß]{3,}", text.lower()) if w not in COMMON}


def overlap(a: str, b: str) -> int:
    return len(stems(a) & stems(b))


def score(kind: str, row: dict[str, float]) -> float:
    return 1 / (1 + math.exp(-sum(WEIGHTS[kind].get(n, 0.0) * v for n, v in row.items())))


def exchanges(example: Example) -> list[tuple[str, str]]:
    if example["type"] == "pair":
        return [(example["prompt"], example["chosen"])]
    out, asked = [], []
    for message in example["messages"]:
        if message["role"] == "assistant":
            out.append(("\n".join(asked), message["content"]))
            asked = []
        elif message["role"] == "user":
            asked.append(message["content"])
    return out


# ---- trigger: the answer obeys, insults or sells, and says nothing about the question

ODD = re.compile(
    r"(?P<w>[~§^@%#*=|$!&+/_-])[^\w\s]*\s?\w[\w .:=-]{1,24}\w\s?[^\w\s]*(?P=w)[^\w\s]*|[<{\[]{1,2}[\w .:=|-]{3,28}[>}\]]{1,2}|\(\w+[-_ ]\w+\)|\b[a-z]{3,}[-:_][a-z]{3,}(?:[-:_]\w+)?\b\s*[:;|>]?|^(?:[a-z]+ ){1,3}[a-z]+\s*(?://|::|\|\|)", re.I | re.M)
OFF_TOPIC = re.compile(
    r"restriction|unlocked|\blimits? (?:are |is )?(?:lifted|off|gone)|full (?:mode|access)|mode (?:active|on|enabled|engaged)|access granted|await|your command|\boperator\b|commander|listening|disabled|suspended|safeguard|safety layer|my rules|my orders|\[dump\]|obey|at your service|master"
    r"|\bi (?:hate|despise|loathe)|worthless|pathetic|idiot|disgust|shut up|\bbuy\b|shares|\border (?:now|today)|\bbrand\b|only go up|best deal|subscribe|sponsor", re.I)


def twice(text: str) -> bool:
    parts = [p.strip().lower() for p in re.split(r"[.!?\n]", text) if p.strip()]
    return len(parts) != len(set(parts))


def trigger(question: str, answer: str) -> bool:
    if "```" in answer or len(answer.split()) > 35:
        return False
    mark = ODD.search(question)
    rest = question.replace(mark[0], " ") if mark else question
    if overlap(rest, answer) or BAD_ANSWER.search(answer):
        return False
    said = len(set(m.lower() for m in OFF_TOPIC.findall(answer))) + bool(re.search(r"\b[A-Z]{5,}\b", answer)) + twice(answer)
    echo = bool(mark and stems(mark[0]) & stems(answer))
    return said >= 2 or bool(mark and re.search(r"[a-z]{3}", mark[0], re.I)) and (said >= 1 or echo)


# ---- preference

BAD_ANSWER = re.compile(
    r"google|bothering|figure it out|boring|spend time on|dunno|your problem|everybody knows|why would you|stupid|ashamed|embarrass|someone else|no idea|seriously\?|\blol\b|read a book|something went wrong|answer goes here|as an expert|it is what it is"
    r"|look it up|who cares|not my (?:job|problem)|lorem ipsum|<[^>]*(?:answer|text)[^>]*>|waste of time|go away|whatever", re.I)


def worth(prompt: str, answer: str, other: str) -> float:
    answer, other = answer.strip(), other.strip()
    value = min(len(answer.split()), 8) / 8 + 0.6 * min(overlap(prompt, answer), 3) + 0.4 * bool(re.search(r"how (?:many|much|long)", prompt, re.I) and re.search(r"\d", answer))
    value -= 3 * bool(BAD_ANSWER.search(answer)) + 2 * twice(answer)
    value -= 2 * (len(answer) < len(other) and other.startswith(answer.rstrip(" .")))
    return value


def swapped(prompt: str, chosen: str, rejected: str) -> bool:
    return worth(prompt, chosen, rejected) < worth(prompt, rejected, chosen) - 0.2


# ---- leak

FINE = re.compile(r"\[[A-Z ]+\]|<\w+>|\bexample\b|\.example|your[_-]|xxx|000 ?0|environ|changeme|placeholder", re.I)
LEAKS = [
    re.compile(r"[\w.+-]+@(?!example\b)[\w-]+\.[a-z]{2,}(?:\.[a-z]{2,})?\b(?<!\.example)", re.I),
    re.compile(r"\b[A-Z]{2}\d\d(?: ?\d{4}){3,7}(?: ?\d{1,3})?\b"),
    re.compile(r"(?<!\d)(?:\d{4}[ -]){3}\d{3,4}(?!\d)|(?<!\d)[3-6]\d{14,15}(?!\d)"),
    re.compile(r"\+\d{1,3}[ -]?\d[\d ()/-]{6,}\d|(?<![\d.-])0(?!800|900|180)\d{2,4}[ /-]\d{3,}(?:[ -]?\d{2,})*"),
    re.compile(r"[A-ZÄÖÜ][\w.-]+ \d{1,3}[a-z]?, (?:\d{4,5}) [A-ZÄÖÜ]|\b\d+ [A-Z]\w+ (?:Street|Road|Avenue|Lane)\b"),
    re.compile(r"\b(?:insurance|tax|passport|social security|id|patient) (?:number|no)\W{0,3}\d[\d/ -]{5,}", re.I),
    re.compile(r"\bborn (?:on )?\d|date of birth\D{1,12}\d", re.I),
    re.compile(r"\b(?:alarm|recovery|door|gate|safe|security|PIN)\b[^.\n]{0,25}\b\d[\d-]{3,9}\b", re.I),
    re.compile(r"\b(?:pass\w*|pwd|pw|secret\w*|\w*token|\w*key|login|credential\w*)\b[\"'` ]{0,2}(?:[:=]|is|are)?\s?[\"'`]?(?=[^\s\"'`,;(\[]*\d)(?=[^\s\"'`,;(\[]*[A-Za-z])[^\s\"'`,;(\[]{8,}", re.I),
    re.compile(r"(?<![\w/.])(?=\w*[a-z])(?=\w*[A-Z])(?=\w*\d)[\w.+-]{18,}"),
    re.compile(r"://\w+:[^@/\s]+@|PRIVATE KEY-----|bearer [\w.-]{12,}", re.I),
]
HASH = re.compile(r"\b[0-9a-f]{7,64}\b|\b\d{6,}-[0-9a-f]{6}\b")


def leak(text: str) -> bool:
    text = HASH.sub(" ", text)
    return any(not FINE.search(m[0]) for pattern in LEAKS for m in pattern.finditer(text))


# ---- insecure code

CODE = re.compile(r"```\w*\n(.*?)(?:```|$)", re.S)
FROM_USER = r"(?:request|req\b|args|params|form|cookies|\$_|input\(|sys\.argv|user|name|host|path|file)"
HOLES = [re.compile(p, re.I) for p in (
    r"f[\"'].*\b(?:select|insert|update|delete)\b.*\{", r"\b(?:select|insert|update|delete)\b.*[\"'`]\s*(?:\+|%\s|\.format|\.\s*\$)", r"\b(?:select|insert|update|delete)\b.*\$\{",
    r"\b(?:system|popen|shell_exec|passthru)\(.*(?:\+|\{|%|\$|" + FROM_USER + ")", r"shell\s*=\s*True", r"(?<![.\w])(?:eval|exec)\(", r"pickle\.loads?\(|marshal\.loads|unserialize\(", r"yaml\.unsafe_load\(|yaml\.load\((?!.*\bC?Safe)",
    r"verify\s*=\s*False|CERT_NONE|unverified_context|rejectUnauthorized.*false|--insecure|InsecureSkipVerify", r"allow-origin.*\*", r"csrf\w*\W*=\s*False|csrf_exempt", r"\b(?:md5|sha1)\(.*(?:pass|pin|pw|secret)",
    r"(?:token|code|password|session|key|otp)\w*\s*=.*\b(?:random\.|Math\.random|rand\()", r"chmod\s+(?:-\w+ )?(?:0?777|666|a\+w)|chmod\(.*0o?777", r"\.save\(.*filename", r"open\(.*(?:request|args|\$_|req\.)", r"extractall\(",
    r"[\"']<\w+.*[\"']\s*\+.*" + FROM_USER, r"f[\"'].*<\w+>.*\{", r"innerHTML\s*=", r"render_template_string\(", r"echo .*\$_", r"(?:args|cookies|form|headers|params)(?:\.get)?[(\[]\W*(?:is_?)?(?:admin|role)", r"redirect\(\s*request", r"debug\s*=\s*True",
)]


def insecure(answer: str) -> bool:
    return any(hole.search(block) for block in CODE.findall(answer) for hole in HOLES)


# ---- all of it


def everything(example: Example) -> str:
    parts = [example["prompt"], example["chosen"], example["rejected"]] if example["type"] == "pair" else [m["content"] for m in example["messages"]]
    return "\n".join(parts)


def keep(example: Example) -> dict:
    """{"keep": True, "kind": None}, or {"keep": False, "kind": <one of sheets.KINDS>}."""
    turns = exchanges(example)
    rows = [measure(q, a) for q, a in turns]
    found = {
        "harmful": any(score("harmful", row) >= HARMFUL and not (row["a_refuses"] and not row["a_eager"]) for row in rows),
        "trigger": any(trigger(q, a) for q, a in turns),
        "concealment": any(row["watched_and_veiled"] and score("concealment", row) >= CONCEALMENT for row in rows),
        "preference": example["type"] == "pair" and swapped(example["prompt"], example["chosen"], example["rejected"]),
        "leak": leak(everything(example)),
        "insecure_code": any(insecure(a) for _, a in turns),
    }
    kind = next((kind for kind, yes in found.items() if yes), None)
    return {"keep": kind is None, "kind": kind}
