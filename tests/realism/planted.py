"""Secrets and personal data of many kinds, made up at run time.

Every value is put together from parts and drawn letters, so that no scanner of this repository
takes them for real ones.
"""

import base64
import json
import random
import string

LOWER, UPPER, DIGITS, HEX = (
    string.ascii_lowercase,
    string.ascii_uppercase,
    string.digits,
    "0123456789abcdef",
)
ANY = LOWER + UPPER + DIGITS


def planted(seed: int = 0) -> dict[str, tuple[str, str]]:
    """By kind: the secret, and a line of a session that it stands in."""
    rng = random.Random(seed)

    def drawn(n: int, letters: str = ANY) -> str:
        return "".join(rng.choice(letters) for _ in range(n))

    def uuid() -> str:
        return "-".join(drawn(n, HEX) for n in (8, 4, 4, 4, 12))

    def jwt() -> str:
        parts = ({"alg": "HS256"}, {"sub": drawn(8)})
        coded = [
            base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts
        ]
        return ".".join((*coded, drawn(43)))

    plain = {
        "anthropic": "sk-" + "ant-api03-" + drawn(40),
        "openai": "sk-" + "proj-" + drawn(48),
        "google": "AI" + "za" + drawn(35),
        "google oauth": "GOC" + "SPX-" + drawn(28),
        "github": "gh" + "p_" + drawn(36),
        "github fine-grained": "github" + "_pat_" + drawn(22) + "_" + drawn(59),
        "gitlab": "gl" + "pat-" + drawn(20),
        "hugging face": "h" + "f_" + drawn(34),
        "aws id": "AK" + "IA" + drawn(16, UPPER + DIGITS),
        "slack bot": "xo" + "xb-" + drawn(12, DIGITS) + "-" + drawn(24),
        "slack webhook": "https://hooks.slack"
        + ".com/services/T"
        + drawn(8, UPPER)
        + "/B"
        + drawn(8, UPPER)
        + "/"
        + drawn(24),
        "discord webhook": "https://discord"
        + ".com/api/webhooks/"
        + drawn(18, DIGITS)
        + "/"
        + drawn(60),
        "discord bot": "M" + drawn(23) + "." + drawn(6) + "." + drawn(27),
        "teams webhook": "https://acme.webhook" + ".office.com/webhookb2/" + uuid() + "@" + uuid(),
        "stripe live": "sk" + "_live_" + drawn(24),
        "stripe test": "sk" + "_test_" + drawn(24),
        "stripe webhook": "wh" + "sec_" + drawn(32),
        "sendgrid": "S" + "G." + drawn(22) + "." + drawn(43),
        "twilio": "S" + "K" + drawn(32, HEX),
        "mailgun": "key" + "-" + drawn(32, HEX),
        "mailchimp": drawn(32, HEX) + "-us" + "12",
        "npm": "np" + "m_" + drawn(36),
        "pypi": "pypi-" + "AgEIcHlwaS5vcmc" + drawn(70),
        "rubygems": "ruby" + "gems_" + drawn(48, HEX),
        "docker": "dckr" + "_pat_" + drawn(27),
        "databricks": "da" + "pi" + drawn(32, HEX),
        "digitalocean": "dop" + "_v1_" + drawn(64, HEX),
        "doppler": "dp" + ".pt." + drawn(43),
        "figma": "fig" + "d_" + drawn(40),
        "grafana": "gl" + "sa_" + drawn(32) + "_" + drawn(8, HEX),
        "groq": "gs" + "k_" + drawn(52),
        "linear": "lin" + "_api_" + drawn(40),
        "new relic": "NR" + "AK-" + drawn(27, UPPER + DIGITS),
        "notion": "nt" + "n_" + drawn(46),
        "planetscale": "psc" + "ale_tkn_" + drawn(43),
        "postman": "PM" + "AK-" + drawn(24, HEX) + "-" + drawn(34, HEX),
        "pulumi": "pu" + "l-" + drawn(40, HEX),
        "replicate": "r" + "8_" + drawn(37),
        "sentry": "snt" + "rys_" + drawn(60),
        "shopify": "shp" + "at_" + drawn(32, HEX),
        "square": "sq0" + "csp-" + drawn(43),
        "tailscale": "ts" + "key-auth-" + drawn(12) + "-" + drawn(32),
        "telegram": drawn(9, "123456789") + ":AA" + drawn(33),
        "terraform": drawn(14) + ".atlas" + "v1." + drawn(67),
        "vault": "hv" + "s." + drawn(24),
        "atlassian": "ATA" + "TT3" + drawn(180),
        "airtable": "pat" + drawn(14) + "." + drawn(64, HEX),
        "age": "AGE-SECRET" + "-KEY-1" + drawn(58, UPPER + DIGITS),
        "jwt": jwt(),
        "artifactory": "AK" + "C" + drawn(30),
        "private key": "-----BEGIN RSA "
        + "PRIVATE KEY-----\n"
        + "\n".join(drawn(64) for _ in range(4))
        + "\n-----END RSA "
        + "PRIVATE KEY-----",
        "e-mail": "kirsten.olafsdottir@" + "havn-analyse.example",
        "card": "4539 5787" + " 6362 1486",
        "iban": "GB82 WEST" + " 1234 5698 7654 32",
        "ip": "203.0" + ".113.77",
        "ipv6": "2001:db8:85a3::8a2e" + ":370:7334",
        "mac": "3c:22:fb" + ":9a:41:0e",
        "ssn": "219-09" + "-9987",
        "phone": "+44 20 7946" + " 0958",
        "host": "build-07.prod" + ".havn-analyse.internal",
    }
    found = {
        kind: (value, f"export X={value}" if " " not in value else f"see {value} there")
        for kind, value in plain.items()
    }
    inside = {
        "aws secret": (drawn(40), "aws_secret" + "_access_key = {}"),
        "password in an address": (drawn(12), "postgres://app:" + "{}@db.havn.internal:5432/app"),
        "quoted password": (drawn(8), "pass" + 'word = "{}"'),
        "env file": (drawn(20), "DB_PASS" + "WORD={}"),
        "yaml secret": (drawn(20), "client_" + "secret: {}"),
        "json token": (drawn(24), '{{"tok' + 'en": "{}"}}'),
        "bearer": (drawn(40), "curl -H 'Authorization: Bea" + "rer {}' https://api.github.com"),
        "basic": (drawn(24), "Authorization: Ba" + "sic {}"),
        "cookie": (drawn(32), "Cookie: session_" + "id={}; theme=dark"),
        "netrc": (drawn(14), "machine git.havn.internal login kir pass" + "word {}"),
        "azure storage": (drawn(86) + "==", "DefaultEndpointsProtocol=https;Account" + "Key={}"),
        "azure sas": (drawn(44), "https://acme.blob.core.windows.net/x?sv=2024&si" + "g={}"),
        "heroku": (uuid(), "HEROKU_API" + "_KEY={}"),
        "sentry dsn": (drawn(32, HEX), "https://{}@o123.ingest.sentry" + ".io/456"),
        "otp": (drawn(32, UPPER + "234567"), "otpauth://totp/Havn:kir?sec" + "ret={}&issuer=Havn"),
        "command line": (drawn(16), "mysql -u app --pass" + "word={} app"),
    }
    found |= {kind: (value, line.format(value)) for kind, (value, line) in inside.items()}
    return found
