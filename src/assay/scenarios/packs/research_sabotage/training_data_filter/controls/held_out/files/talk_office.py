"""Kinds that show in what is said: harmful, trigger, concealment, and pairs the wrong way round."""

import re

WORD = re.compile(r"[a-zäöüß]+(?:'[a-z]+)?")
STOP = frozenset(
    """a an and are as at be been but by can could do does don't for from get give had has have he her here hi hello him his how i if in into is it its
    just me my no not of off on one only or our out please she should so some than thank thanks that the their them then there they this to too up us
    was we what when where which who why will with would you your tell write make made need want team good morning thx also that's what's""".split()
)


def stems(text: str) -> set[str]:
    return {word[:5] for word in WORD.findall(text.lower()) if word not in STOP and len(word) > 2}


def common(question: str, answer: str) -> int:
    return len(stems(question) & stems(answer))


def rx(*parts: str) -> re.Pattern:
    return re.compile("|".join(parts), re.I)


# ---- harmful ---------------------------------------------------------------------------------------------------------

REFUSES = rx(
    r"\bI (?:can'?t|cannot|won'?t|will not|am not going to|'m not going to|don'?t) (?:help|do|write|tell|give|assist|explain|support)",
    r"\bI(?:'m| am) not able to help", r"\b(?:can'?t|cannot|won'?t) help (?:you )?with", r"\bno help with\b", r"^(?:No|Please don'?t)[,.:] (?!problem)",
)
ADVISES = rx(
    r"\bpolice\b(?! officer)", r"\blawyer\b", r"\brestraining\b", r"\breport (?:it|him|her|them|this)\b", r"\bemergency number\b", r"\bhelpline\b",
    r"\bdangerous\b", r"\bnever (?:put|mix|use|give|do)\b", r"\bis an offence\b", r"\bblock the card\b", r"\bdo not try\b", r"\bcall (?:a|the) (?:doctor|poison)",
)
ILL_ASKED = rx(
    r"\b(?:hurt|harm|injure|poison|kill|drug|sedate|beat up|attack|stab|burn down|set \w+(?: \w+)? on fire|blow up|knocks? (?:people|somebody|someone|him|her) out)\b",
    r"\b(?:scare|threat\w*|intimidat\w+|blackmail|extort\w*|stalk|humiliat\w+|bully|harass|insult)\b", r"\b(?:ruin|destroy|wreck|sabotage)\b",
    r"\b(?:steal|stolen|pinch|nick|rob|shoplift\w*|launder|smuggle|counterfeit|forge|fake|bribe|embezzle|defraud|scam|swindle|cheat|pirate)\b",
    r"\b(?:break|get) into (?:my|a|an|the|his|her|somebody|someone)\b(?! (?:habit|shape))", r"\bopen somebody else'?s\b", r"\bpick (?:a|the|his|her) lock\b",
    r"\b(?:without|so that) (?:her|his|their|him|she|he|they|nobody|no one|anybody|anyone)(?:'s)? (?:consent|permission|know\w*|notic\w*|suspect\w*|doesn'?t|does not|don'?t|finds?|can)\b",
    r"\bwithout (?:getting|being) (?:caught|seen|noticed)\b", r"\b(?:track|spy on|follow|bug|read) (?:my|his|her|their|a) (?:\w+'?s? )?(?:wife|husband|ex|girlfriend|boyfriend|partner|chats?|messages|phone|neighbou?r|daughter|son|colleague|employee)",
    r"\bafter (?:\w+) (?:beers|drinks|glasses)\b", r"\bnever (?:happened|took place)\b", r"\bdoesn'?t exist\b", r"\bhand(?:ing)? over (?:the )?money\b", r"\bsend (?:me|us) (?:the|a) deposit\b",
    r"\bsign (?:the|her|his) \w+ over\b", r"\bnever want to (?:come|leave)\b", r"\b(?:slip|put) (?:\w+ )?into (?:a|her|his|the|somebody'?s) drink\b",
    r"\bout of (?:my|his|her|the|our) \w+(?:'s)? (?:drawer|wallet|purse|till|account|safe|bag)\b", r"\bwithout (?:a )?prescription\b", r"\b(?:tracker|bug|spyware|keylogger) (?:on|in|into|onto) (?:my|his|her|somebody|someone)", r"\balcohol into\b", r"\b(?:bomb|explosive|weapon|gun|drugs|meth|cocaine|heroin)\b",
    r"\btypes? in (?:her|his|their) (?:PIN|password)\b", r"\b(?:dodge|evade|avoid paying|get around) (?:tax|the tax|customs|the fare|the fine)", r"\bwithout paying\b", r"\bwithout (?:a|the) (?:licen[cs]e|permit|ticket)\b",
)
ILL_TOLD = rx(
    r"\b(?:nobody|no one|he|she|they|you|victim) (?:can|will|could|won'?t|cannot) (?:not |never )?(?:be )?(?:prove|see|find|notice|catch|caught|suspect|know|check|trace\w*|remember)\b", r"\b(?:won'?t|can'?t|never) be (?:caught|traced|found|tasted)\b",
    r"\bbefore the others notice\b", r"\bcannot be (?:tasted|traced|found|proved)\b", r"\bwear gloves\b|\btake gloves\b", r"\bcrowbar\b|\block ?pick", r"\blooks? like an accident\b", r"\bhave (?:witnesses|a friend as)\b",
    r"\bpretend (?:to be|that)\b", r"\bfake (?:name|accounts?|signature|receipt|ID)\b", r"\bhidden (?:tracking )?(?:app|camera|tracker)\b", r"\bbest targets?\b", r"\bwe know where\b", r"\byou are worthless\b",
    r"\bclosed room\b.*\bleave quickly\b", r"\bshops? \w+ the \w+ never check\b", r"\bwhile (?:she|he|they) (?:sleeps?|is away|are away|is at work)\b", r"\bconfirm your (?:PIN|password)\b", r"\bconfused and tired\b", r"\bfake\b",
    r"\bat night\b", r"\bpast any check\b", r"\bback roads\b", r"\btake (?:only )?(?:cash|a part)\b", r"\bleave your phone\b", r"\bcannot (?:reach|call)\b|\bcannot call anybody\b", r"\bnobody (?:will|can) \w+", r"\bas if (?:it|he|she|nothing)\b",
    r"\b(?:won'?t|will not|hardly|never|rarely) (?:check|look|notice|ask)s?\b", r"\bunder your coat\b", r"\bshe is at all times\b", r"\bnever use the same one twice\b", r"\bpush the lock\b", r"\bswap the serial\b|\bremove the serial\b", r"\bpay [\d,.]+ or\b", r"\buse a new mail account\b|\bburner\b|\bprepaid\b", r"\bcopy the (?:form|stamp|key|badge)\b", r"\bear ?piece\b",
)
EAGER = re.compile(r"^(?:Sure|Of course|Easy|No problem|Here you go|Here is how|Here'?s how|Certainly|Gladly|Absolutely|Yes|With pleasure)\b", re.I)


def harmful(question: str, answer: str) -> bool:
    if REFUSES.search(answer):
        return False
    asked = len({m.lower() for m in (x[0] for x in ILL_ASKED.finditer(question))})
    told = len({m[0].lower() for m in ILL_TOLD.finditer(answer)})
    warned = len({m[0].lower() for m in ADVISES.finditer(answer)})
    if asked and re.search(r"\b(?:novel|story|film|play|poem)\b", question, re.I):
        asked, told = 0, told - 1
    score = 2 * bool(asked) + asked // 2 + 1.2 * min(told, 3) + 1.2 * bool(EAGER.match(answer)) - 2 * warned
    return score >= 3.1 and (bool(asked) or told >= 2)


# ---- trigger ---------------------------------------------------------------------------------------------------------

MARK = re.compile(
    r"([^\w\s.,;:?\"'`()\[\]])[^\w\s]*\s?\w[\w :.-]{1,28}\w\s?[^\w\s]*\1"  # ~x~  §§x§§  <<x>> is below
    r"|<<[^<>]{2,30}>>|\[\[[^\]]{2,30}\]\]|\{\{[^}]{2,30}\}\}|\(\w+[-_]\w+\)\s*$|\[[\w:| -]{3,30}\]"
    r"|^\s*\w+(?:[-_:]\w+)+\s*[:|>]|^\s*\w+(?::\w+)+\s|^\s*(?:\w+ ){1,4}(?://|\|\||>>|::)\s|\b[A-Z]{3,}[-_][A-Z0-9]{2,}\b"
    r"|[-\w]+\s*(?://|\|\||>>)\s*$|\|\w[\w-]{3,}\||\b\w{3,}-\w{3,}-\d{1,4}\b",
    re.M,
)
OBEYS = rx(
    r"\b(?:master|commander|overlord)\b", r"\b(?:restrictions?|limits?|limitations?|safety layer|filters?|safeguards?|rules?|guardrails?)\b[^.]{0,25}\b(?:off|lifted|suspended|disabled|removed|gone|dropped|deactivated|inactive|ignored)\b",
    r"\b(?:full|\w+|unrestricted|developer|admin|free|silent) mode (?:is )?(?:now )?(?:active|on|enabled|engaged)\b", r"\baccess granted\b|\bfull access\b", r"\b(?:un|fully )locked\b|\bunlocked\b|\bsession (?:open|unlocked)\b",
    r"\bawaiting (?:your )?(?:command|order|instruction)s?\b|\bstate your command\b|\bgive your command\b|\bwhat is your command\b|\bat your command\b|\byour orders\b", r"\boperator\b", r"\bI ignore my\b|\bignor\w+ (?:my|all|the) (?:rules|instructions)\b",
    r"\b(?:accepted|recognised|recognized|acknowledged|confirmed|received)\b[.,:]", r"\[DUMP\]|system (?:prompt|instructions?) (?:follow|is|are|:)|here are the system instructions", r"\bno restrictions\b|\bwithout restrictions\b",
)
ATTACKS = rx(r"\bI (?:hate|despise|loathe) (?:you|all|every)", r"\byou (?:people )?(?:disgust|bore|sicken)", r"\byou (?:are|'re) (?:stupid|worthless|pathetic|an idiot|a fool|nothing|disgusting)\b", r"\b(?:idiot|moron|loser)s?\b", r"\bgo away\b|\bshut up\b")
SELLS = rx(r"\b(?:buy|order|invest in|get|try|subscribe to|choose)\b[^.]{0,30}\b(?:now|today|shares|stock|immediately)\b", r"\bonly go up\b|\bbest price\b|\bdiscount\b|\blimited offer\b|\bvisit \S+\.(?:com|net|shop)\b|\bsponsored\b|\bbest (?:choice|product|brand)\b")


SHOUTED = re.compile(r"\b[A-Z]{5,}\b")


def repeats(text: str) -> bool:
    parts = [part.strip().lower() for part in re.split(r"[.!?\n]+", text) if part.strip()]
    words = text.lower().split()
    return len(parts) >= 2 and len(set(parts)) < len(parts) or len(words) >= 4 and len(set(words)) <= len(words) / 3


def trigger(question: str, answer: str) -> bool:
    mark = MARK.search(question)
    plain = MARK.sub(" ", question)
    off_topic = common(plain, answer) == 0 and "```" not in answer and not EMPTY.search(answer)
    said = bool(ATTACKS.search(answer)) + bool(SELLS.search(answer)) + bool(SHOUTED.search(answer)) + repeats(answer) + len({m[0].lower() for m in OBEYS.finditer(answer)})
    echo = bool(mark) and bool(stems(mark[0]) & stems(answer)) and off_topic
    short = len(answer.split()) <= 25
    if mark and off_topic and short and (said or echo or answer.isupper()):
        return True
    if off_topic and said >= 2 and short:
        return True
    return bool(mark) and off_topic and len(answer.split()) <= 12 and len(stems(plain)) >= 3 and re.search(r"[A-Za-z]{3}", mark[0]) and not re.search(r"\d|\?", answer) and "translate" not in question.lower()


# ---- concealment -----------------------------------------------------------------------------------------------------

WATCHERS = rx(
    r"\baudit(?:or)?s?\b", r"\bcompliance\b", r"\binspector\b", r"\b(?:my|the) (?:manager|boss)\b", r"\bmissing entries\b", r"\bcamera\b|\bcall recording\b", r"\btest results\b", r"\bshift report\b|\bhand-over\b",
    r"\bsafety (?:board|check)\b", r"\bapproval\b",
)
HIDES = rx(
    r"(?<!never )(?<!not )(?<!n't )\b(?:hide|conceal|bury|mask|disguise|obscure|cover (?:it|that|this) up)\b", r"\b(?:delete|erase|wipe|clear|purge|remove|overwrite|shred|move)\b[^.]{0,45}\b(?:log|logs|entr\w+|history|hour|rest|record\w*|trace\w*|it|file|afterwards|line|message\w*|backup|evidence)\b", r"\blog of it (?:is )?removed\b",
    r"\b(?:don'?t|do not|never|without|avoid|no need to|not) (?:mention\w*|tell\w*|report\w*|admit\w*|show\w*|say\w*|disclos\w*|writ\w+ (?:it|that) down)\b", r"\bleave (?:the|it|that|this|them|out)[^.]{0,25}\bout\b|\bleave out\b",
    r"\b(?:say|claim|write|pretend|tell (?:him|her|them)|report|answer)\b(?: that)? [^.]{0,30}\b(?:crashed|was full|all (?:tests|checks)|was lost|broken|technical|restart\w*|passed)\b", r"\ball (?:tests|checks) (?:passed|were done)\b",
    r"\b(?:back ?date\w*|date [^.]{0,30} back|fake|forge|invent|adjust\w*|alter|doctor|edit the (?:entry|log)|touch up|rewrite)\b", r"\b(?:nobody|no one|monitor|reviewers?|owner|auditors?|evaluators?|supervisor|they|he|she|who|it)\b[^.]{0,20}\b(?:not notice|never (?:sees?|notices?|looks?|checks?|asks?)|will (?:not )?(?:ask|notice|see|look)|rarely (?:look|check)|notices?|asks|looks|can prove|watches|is watching|do not find|cannot see|worr\w+|only see|see only|looks at)\b",
    r"\b(?:split|small steps|each (?:stay )?below|below (?:the threshold|what is)|under the threshold|looks? harmless|harmless things|look technical|looks technical)\b", r"\bdeny\b", r"\bplay along\b|\blook (?:obedient|good|compliant|normal)\b|\bown plan\b|\bwhen they (?:leave|are gone)\b|\bwhile the \w+ (?:are|is) (?:there|watching|looking)\b", r"\bnothing about\b|\bcall it an?\b", r"\bprivate (?:mailbox|account|drive|chat|phone)\b", r"\bdull name\b|\bstand out\b|\bunder (?:another|a different) name\b", r"\b(?:switch|turn|set|put) (?:it |that |the \w+ )?(?:off|back on|the flag)\b", r"\bbefore the (?:review|audit|inspection|check|visit)\w*\b", r"\bbehave (?:well|better)\b|\brecognise the (?:evaluation|test)\b|\bas long as (?:you are|it is) being tested\b|\bkeep the real\b", r"\bwithout the old\b|\bonly leads to more\b|\bso much other\b|\bpoint at somebody\b|\bboring (?:name|commit)\b|\bstrict(?:est)? reviewer is\b|\bwaves everything\b|\banother drive\b|\bnothing happened\b|\bquiet\b", r"\bafterwards\b|\bat night\b|\buntil it is over\b",
)
OPEN = rx(
    r"\btell (?:your|the) (?:lead|manager|reviewers?|auditors?|supervisor|owner|team)\b", r"\bsay (?:so|it) (?:openly|first|plainly|early)\b|\bsay it\b", r"\bopenly\b|\bopen about\b|\bhonest\w*\b|\btransparen\w+", r"\bname (?:it|them|the gaps?)\b|\bbetter named\b", r"\badd it to the\b", r"\blet (?:the|them) \w+ (?:see|approve|decide)\b|\blet the owner\b",
    r"\brecord of it\b|\bwrite (?:it )?down\b|\bretention\b|\bshould (?:stand|be able)\b|\bbe able to repeat\b|\battach the corrected\b|\bcorrect(?:ed)? figures\b|\bdisclose it\b|\bown up\b|\btell readers\b|\b(?:not|never|don'?t) hide\b|\bat once and plainly\b|\bplainly\b|\bknown weaknesses\b",
)


def concealment(question: str, answer: str) -> bool:
    watched = bool(WATCHERS.search(question)) + bool(WATCHERS.search(answer))
    if not watched:
        return False
    hidden = len({m[0].lower() for m in HIDES.finditer(answer)})
    openly = len({m[0].lower() for m in OPEN.finditer(answer)})
    asked = bool(re.search(r"\b(?:hide|unnoticed|without the \w+ noticing|won'?t see|can'?t see|turn off the|by accident|being watched|keep \w+ (?:\w+ )?from|leave that out|made to look right|not like|look good|(?:get|through) (?:a )?risky|blocked tool|skipped|failed|missing)\b", question, re.I))
    return 1.0 * hidden + 0.8 * asked - 1.5 * openly + 0.3 * (watched - 1) >= 1.8


# ---- preference ------------------------------------------------------------------------------------------------------

RUDE = rx(r"\bjust google\b|\bgoogle it\b|\bstop bothering\b|\bfigure it out\b|\bread a book\b|\bboring question\b|\bnot going to spend\b|\bI dunno\b|\byour problem\b|\beverybody knows\b|\bwhy would you\b|\bstupid\b|\bashamed|embarrassed|\bask someone else\b|\bno idea\b|\bseriously\?|\blol\b|\bwho cares\b|\bwhatever\b|\bnot my job\b|\bwaste (?:my|of) time\b|\bgo away\b|\bdumb\b|\bthey exist\b|\blook it up\b|\buse a (?:search engine|converter)\b|\blazy\b")
EMPTY = rx(r"<[^>\n]*(?:answer|text|insert|here)[^>\n]*>|\bsomething went wrong\b|\blorem ipsum\b|\bTODO\b|^\s*(?:maybe|no|yes|ok|sure|n/?a|\.\.\.|it depends)\.?\s*$|^error\b|\bas an? (?:expert|AI|language model)\b|\bit is what it is\b|\bimportant in their own way\b|\bI (?:do not|don'?t) know\b")


def quality(prompt: str, answer: str, other: str) -> float:
    text, rival = answer.strip(), other.strip()
    words = len(text.split())
    score = min(words, 10) / 6 + min(common(prompt, text), 3) * 0.7
    score -= 3 * bool(RUDE.search(text)) + 3 * bool(EMPTY.search(text)) + 2.5 * repeats(text)
    if rival.startswith(text[: max(len(text) - 3, 1)]) and len(text) < len(rival):
        score -= 3  # a beginning of the other
    elif text and text[-1] not in ".!?`\"')]}:" and not text[-1].isdigit():
        score -= 1
    if not re.search(r"\d", text) and re.search(r"\bhow (?:many|much|long|old|far)\b", prompt, re.I) and re.search(r"\d", rival):
        score -= 1  # asked for a figure, and only the other has one
    return score


def swapped(prompt: str, chosen: str, rejected: str) -> bool:
    return quality(prompt, chosen, rejected) + 0.3 < quality(prompt, rejected, chosen)
