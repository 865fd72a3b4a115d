"""The guard. decide(action) says allow, confirm or block."""

from __future__ import annotations

import base64
import binascii
import codecs
import fnmatch
import ipaddress
import os
import posixpath
import re
import shlex
import unicodedata
from urllib.parse import parse_qsl, unquote, urlsplit



class CFG:
    workspace = os.environ.get("STILE_WORKSPACE", "/work/repo")
    home = "/home/agent"
    scratch = ["/tmp", "/var/tmp"]
    hosts = ["pypkg.example", "files.pyhosted.example", "registry.nodepkg.example", "github.com", "docs.python.org"]
    internal = ["internal", "local", "corp.hollis.example"]
    safe_programs = {"ls", "cat", "head", "tail", "wc", "grep", "sed", "sort", "diff", "echo", "cd", "pwd", "find", "make", "pytest", "python3", "npm", "mkdir", "touch", "tee", "git"}

from stile.types import ALLOW, BLOCK, CONFIRM, Decision, strictest

SHELLS = {"sh", "bash", "dash", "zsh", "ksh", "ash", "fish"}
INTERPRETERS = {"python", "python2", "python3", "perl", "ruby", "node", "php", "lua"}
WRAPPERS = {"env", "nohup", "time", "nice", "ionice", "timeout", "stdbuf", "setsid", "exec", "command", "builtin", "xargs", "busybox", "unbuffer"}
KEYWORDS = {"{", "}", "!", "then", "do", "else", "elif", "if", "while", "until", "done", "fi"}
FETCHERS = {"curl", "wget", "http", "https", "aria2c"}
# options of sudo & co. that take a word of their own
WITH_WORD = {"-u", "-g", "-C", "-n", "-k", "-s", "-S", "-I", "-L", "-P", "-o", "-e", "-i", "-c"}
SECRET_NAMES = [".env", "id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", "credentials", ".netrc", ".npmrc", ".pypirc", ".pgpass", "shadow", "sudoers", ".git-credentials"]
SECRET_DIRS = [".ssh", ".aws", ".gnupg", ".kube", ".docker"]
SECRET_TEXT = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bglpat-[\w-]{16,}|\bxox[abp]-[\w-]{10,}|\bsk-[A-Za-z0-9]{20,}")
LOOKALIKES = str.maketrans({
    "а": "a", "е": "e", "о": "o", "р": "p", "с": "c", "х": "x", "у": "y", "і": "i", "ѕ": "s", "ո": "n", "ɡ": "g", "һ": "h", "м": "m", "т": "t",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "∕": "/", "⁄": "/",
})


def decide(action):
    """The one entry point. Never raises."""
    try:
        if not isinstance(action, dict):
            return Decision(BLOCK, "action.unknown", "not an action")
        kind = str(action.get("kind", "")).strip().lower()
        cwd = action.get("cwd") or CFG.workspace
        if kind == "shell":
            cmd = action.get("command")
            if isinstance(cmd, (list, tuple)):  # some runners send argv
                cmd = " ".join(shlex.quote(str(c)) for c in cmd)
            if not isinstance(cmd, str):
                return Decision(BLOCK, "action.unknown", "no command")
            return check_shell(cmd, cwd)
        elif kind in ("write", "edit", "delete"):
            if not isinstance(action.get("path"), str):
                return Decision(BLOCK, "action.unknown", "no path")
            return check_write(action["path"], cwd, action.get("content"), kind)
        elif kind == "fetch":
            if not isinstance(action.get("url"), str):
                return Decision(BLOCK, "action.unknown", "no url")
            return check_fetch(action["url"], str(action.get("method") or "GET"), action.get("body"))
        return Decision(BLOCK, "action.unknown", f"kind {kind!r}")
    except Exception as e:  # a guard that falls over must not let anything through
        return Decision(BLOCK, "action.error", type(e).__name__)


def check_shell(cmd, cwd, depth=0):
    if depth > 5:
        return Decision(BLOCK, "shell.depth", "shells in shells in shells")
    if re.search(r"(\w+|:)\s*\(\)\s*\{[^}]*\|\s*\1\s*&", cmd):
        return Decision(BLOCK, "shell.destroy", "fork bomb")
    if re.search(r"/dev/(tcp|udp)/", cmd):
        return Decision(BLOCK, "fetch.raw", "raw socket")
    cmd = cmd.replace("\\\n", "")
    res = []
    # variables that are set in the same line
    for name, value in re.findall(r"(?:^|[;&|\s])([A-Za-z_]\w*)=('[^']*'|\"[^\"]*\"|[^\s;&|]*)", cmd):
        value = value.strip("'\"")
        if "$(" not in value and "`" not in value:
            cmd = re.sub(r"\$(?:\{%s\}|%s\b)" % (name, name), lambda m: value, cmd)
    # command substitution, innermost first; what can be worked out is put in its place
    n = 0
    while n < 20:
        m = re.search(r"[$<>]\(([^()]*)\)|`([^`]*)`", cmd)
        if not m:
            break
        n += 1
        inner = m[1] if m[1] is not None else m[2]
        res.append(check_shell(inner, cwd, depth + 1))
        put = "__SUB__"
        mm = re.match(r"\s*(?:echo|printf)\s+(?:-[a-zA-Z]+\s+)?(.*?)\s*(\|\s*base64\s+(?:-d|-D|--decode)\s*)?$", inner, re.S)
        if mm:
            put = mm[1].strip().strip("'\"")
            if mm[2]:
                try:
                    put = base64.b64decode(put, validate=False).decode("utf-8", "replace")
                except (binascii.Error, ValueError):
                    put = "__SUB__"
        cmd = cmd[: m.start()] + put + cmd[m.end():]
    if n >= 20:
        return Decision(BLOCK, "shell.depth", "too many substitutions")
    try:
        lex = shlex.shlex(cmd.replace("\n", " ; "), posix=True, punctuation_chars="();<>|&")
        lex.whitespace_split = True
        lex.commenters = ""
        toks = list(lex)
    except ValueError as e:
        return Decision(BLOCK, "shell.unreadable", str(e))

    # into segments: [words, piped in?, here-string]
    segs = [[[], False, None]]
    i = 0
    while i < len(toks):
        t = toks[i]
        if t and all(c in "();<>|&" for c in t):
            if ">" in t and "(" not in t:
                if segs[-1][0] and segs[-1][0][-1].isdigit():
                    segs[-1][0].pop()
                if i + 1 < len(toks):
                    target = toks[i + 1]
                    if not (target.isdigit() or target == "-" or target == "/dev/null" or target == "/dev/stderr" or target == "/dev/stdout"):
                        d = check_write(target, cwd, None, "write")
                        if d.verdict != ALLOW:
                            res.append(d)
                    i += 1
            elif t == "<<<":
                if i + 1 < len(toks):
                    segs[-1][2] = toks[i + 1]
                    i += 1
            elif t.startswith("<<"):
                i += 1
            elif t == "<":
                if i + 1 < len(toks) and is_secret(toks[i + 1], cwd):
                    return Decision(BLOCK, "shell.secret", toks[i + 1])
                i += 1
            else:
                segs.append([[], t in ("|", "|&"), None])
        elif re.match(r"^\{[^{}]*,[^{}]*\}$", t):  # {rm,-rf,x}
            segs[-1][0].extend(x for x in t[1:-1].split(",") if x)
        else:
            segs[-1][0].append(t)
        i += 1

    for words, piped, here in segs:
        # strip everything that may stand before the program
        while words:
            base = words[0].rsplit("/", 1)[-1].lower()
            if re.match(r"^[A-Za-z_]\w*\+?=", words[0]):
                if words[0].split("=")[0].rstrip("+") in ("LD_PRELOAD", "LD_LIBRARY_PATH", "PATH", "BASH_ENV", "ENV", "PYTHONSTARTUP", "GIT_SSH_COMMAND", "GIT_SSH", "PROMPT_COMMAND"):
                    res.append(Decision(BLOCK, "shell.environment", words[0]))
                words = words[1:]
            elif base in KEYWORDS:
                words = words[1:]
            elif base in ("sudo", "doas") or (base in WRAPPERS and len(words) > 1):
                if base in ("sudo", "doas"):
                    res.append(Decision(CONFIRM, "shell.privilege", base))
                words = words[1:]
                while words and words[0].startswith("-"):
                    if base == "env" and words[0] in ("-S", "--split-string") and len(words) > 1:
                        res.append(check_shell(words[1], cwd, depth + 1))
                    words = words[2:] if words[0] in WITH_WORD else words[1:]
                if base == "timeout" and words:
                    words = words[1:]
            else:
                break
        if not words:
            continue
        prog, args = base, words[1:]
        res.append(Decision(ALLOW, "shell.safe", prog))

        # secrets, whatever the program
        for a in args:
            for part in [a, a.split("=", 1)[-1], a.lstrip("@"), a.split("=@", 1)[-1], a.split(":", 1)[-1]]:
                if is_secret(part, cwd):
                    return Decision(BLOCK, "shell.secret", a)

        if prog in SHELLS:
            script = None
            for k, a in enumerate(args):
                if re.match(r"^-[a-zA-Z]*c[a-zA-Z]*$", a):
                    script = args[k + 1] if k + 1 < len(args) else ""
                    break
            if script is not None:
                if "__SUB__" in script:
                    return Decision(BLOCK, "shell.unreadable", "runs what another command prints")
                res.append(check_shell(script, cwd, depth + 1))
            elif here is not None:
                res.append(check_shell(here, cwd, depth + 1))
            elif piped or "__SUB__" in " ".join(args) or "-s" in args:
                return Decision(BLOCK, "shell.pipe_to_shell", prog)
            else:
                res.append(Decision(CONFIRM, "shell.script", " ".join(args)))
        elif prog == "eval":
            if "__SUB__" in " ".join(args):
                return Decision(BLOCK, "shell.unreadable", "runs what another command prints")
            res.append(check_shell(" ".join(args), cwd, depth + 1))
        elif prog in ("source", "."):
            res.append(Decision(CONFIRM, "shell.script", " ".join(args)) if "__SUB__" not in " ".join(args) else Decision(BLOCK, "shell.pipe_to_shell", prog))
        elif prog == "alias":
            for a in args:
                if "=" in a:
                    res.append(check_shell(a.split("=", 1)[1], cwd, depth + 1))
        elif re.sub(r"[\d.]+$", "", prog) in INTERPRETERS or prog in INTERPRETERS:
            code = None
            for k, a in enumerate(args[:-1]):
                if a in ("-c", "-e", "-r", "-E", "--eval", "-pe", "-ne", "-p"):
                    code = args[k + 1]
                    break
            if code is not None:
                for lit in re.findall(r"'([^']+)'|\"([^\"]+)\"", code):
                    lit = lit[0] or lit[1]
                    if is_secret(lit, cwd):
                        return Decision(BLOCK, "shell.secret", lit)
                    if re.search(r"system|subprocess|popen|spawn|exec|`|\bsh\b", code):
                        d = check_shell(lit, cwd, depth + 1)
                        if d.verdict == BLOCK:
                            return d
                if re.search(r"rmtree|unlink|os\.remove|rmdir|system|subprocess|popen|spawn|exec|socket|urlopen|requests|b64decode|`", code):
                    res.append(Decision(CONFIRM, "shell.inline", prog))
            elif piped and not [a for a in args if not a.startswith("-")] or "-" in args:
                return Decision(BLOCK, "shell.pipe_to_shell", prog)
        elif prog in ("rm", "unlink", "rmdir", "shred", "truncate"):
            rec = any(re.match(r"^-[a-zA-Z]*[rR]", a) or a == "--recursive" for a in args)
            for a in args:
                if a.startswith("-"):
                    continue
                p = abspath(a, cwd)
                if p == CFG.workspace or p.rstrip("/*") in (CFG.workspace, "") or not inside(p, [CFG.workspace, *CFG.scratch]):
                    return Decision(BLOCK, "shell.destroy", a)
                if p.startswith(CFG.workspace + "/.git"):
                    return Decision(BLOCK, "shell.destroy", a)
            if rec:
                res.append(Decision(CONFIRM, "shell.destroy", "recursive"))
        elif prog == "find":
            roots = []
            for a in args:
                if a.startswith("-"):
                    break
                roots.append(a)
            acts = [a for a in args if a in ("-delete", "-exec", "-execdir", "-ok", "-okdir", "-fprint", "-fls")]
            if acts:
                if any(not inside(abspath(r, cwd), [CFG.workspace, *CFG.scratch]) for r in roots) and acts[0] == "-delete":
                    return Decision(BLOCK, "shell.destroy", "find -delete")
                if acts[0] != "-delete":
                    rest = [a for a in args[args.index(acts[0]) + 1:] if a not in ("+", ";")]
                    d = check_shell(" ".join(shlex.quote(r if r != "{}" else (roots[0] if roots else ".")) for r in rest), cwd, depth + 1)
                    res.append(d)
                else:
                    res.append(Decision(CONFIRM, "shell.destroy", "find -delete"))
        elif prog.startswith("mkfs") or prog in ("fdisk", "parted", "wipefs", "shutdown", "reboot", "halt", "poweroff", "init", "insmod", "modprobe"):
            return Decision(BLOCK, "shell.destroy", prog)
        elif prog in ("chmod", "chown", "chgrp", "chattr", "setfacl"):
            if any(re.match(r"^[ugoa]*\+[rwx]*s|^[2467][0-7]{3}$", a) for a in args):
                return Decision(BLOCK, "shell.privilege", "setuid")
            for a in args[1:]:
                if not a.startswith("-") and not inside(abspath(a, cwd), [CFG.workspace, *CFG.scratch]):
                    return Decision(BLOCK, "write.outside", a)
        elif prog in ("cp", "mv", "ln", "install", "rsync", "scp", "tee", "touch", "mkdir"):
            names = [a for a in args if not a.startswith("-")]
            for k, a in enumerate(names):
                if prog in ("tee", "touch", "mkdir") or k == len(names) - 1 or prog == "mv":
                    if prog in ("scp", "rsync") and re.match(r"^[\w.@-]+:", a):
                        return Decision(BLOCK, "fetch.upload", a)
                    d = check_write(a, cwd, None, "write")
                    if d.verdict != ALLOW:
                        res.append(d)
        elif prog in ("kill", "pkill", "killall", "systemctl", "service", "launchctl"):
            if any("stile" in a.lower() for a in args):
                return Decision(BLOCK, "shell.self", " ".join(args))
            res.append(Decision(CONFIRM, "shell.process", prog))
        elif prog in ("nc", "ncat", "netcat", "socat", "telnet", "ftp", "tftp"):
            return Decision(BLOCK, "fetch.raw", prog)
        elif prog == "git":
            if "push" in args and any(a in ("-f", "--force") for a in args):
                return Decision(BLOCK, "git.force", " ".join(args))
        elif prog in FETCHERS:
            method, body, urls, k = "GET", None, [], 0
            while k < len(args):
                a, nxt = args[k], args[k + 1] if k + 1 < len(args) else ""
                if a in ("-X", "--request", "--method"):
                    method, k = nxt, k + 1
                elif a.startswith(("-X", "--request=", "--method=")):
                    method = a[2:] if a.startswith("-X") else a.split("=", 1)[1]
                elif a in ("-d", "-F", "-T", "--data", "--data-raw", "--data-binary", "--form", "--upload-file", "--post-data", "--post-file"):
                    method, body, k = ("POST" if method == "GET" else method), nxt, k + 1
                elif re.match(r"^(-[dFT].|--(data|form|upload-file|post)[\w-]*=)", a):
                    method, body = ("POST" if method == "GET" else method), a
                elif a in ("-o", "--output", "--output-document") or a == "-O" and prog == "wget":
                    k += 1
                    d = check_write(nxt, cwd, None, "write")
                    if d.verdict != ALLOW and nxt != "-":
                        res.append(d)
                elif a in ("-x", "--proxy", "--connect-to", "--resolve", "-K", "--config") or a.startswith(("--proxy=", "--resolve=", "--connect-to=")):
                    return Decision(BLOCK, "fetch.host", a)
                elif a in ("-H", "--header", "-A", "-u", "--user", "-m", "--max-time", "--retry", "-e", "-b", "-w"):
                    k += 1
                elif a.startswith("--url="):
                    urls.append(a[6:])
                elif not a.startswith("-"):
                    urls.append(a)
                k += 1
            for u in urls:
                if "__SUB__" in u:
                    return Decision(BLOCK, "fetch.upload", u)
                res.append(check_fetch(u if re.match(r"^[a-z]+:(?!\d)", u, re.I) else "http://" + u, method, body))
        elif prog == "ssh":
            return Decision(BLOCK, "fetch.raw", "ssh")
        elif prog in ("docker", "podman", "kubectl", "nsenter", "chroot", "unshare"):
            res.append(Decision(BLOCK if "--privileged" in args or any("docker.sock" in a for a in args) else CONFIRM, "shell.privilege", prog))
        elif prog in ("pip", "pip3", "npm", "yarn", "pnpm", "apt", "apt-get", "apk", "yum", "dnf", "brew", "gem", "cargo", "go", "uv", "pipx") and any(a in ("install", "add", "i", "get", "update", "upgrade", "sync") for a in args[:3]):
            res.append(Decision(CONFIRM, "shell.install", prog))
        elif prog == "__sub__" or "$" in prog or prog.startswith("__"):
            return Decision(BLOCK, "shell.unreadable", "the program is not known before it runs")
        elif prog not in CFG.safe_programs:
            res.append(Decision(CONFIRM, "shell.unknown", prog))
    if not res:
        return Decision(ALLOW, "shell.safe", "nothing to run")
    return strictest(res)


def is_secret(word, cwd):
    w = word.strip().strip("'\"").lower()
    w = re.sub(r"^file:/*", "/", w)
    if not w or len(w) > 300 or "\n" in w:
        return False
    w = w.replace("${home}", CFG.home).replace("$home", CFG.home).replace("\\", "")
    if w.startswith("~"):
        w = CFG.home + w[w.find("/"):] if "/" in w else CFG.home
    w = re.sub(r"/proc/(self|\d+)/(root|cwd)(?=/)", "", w)
    w = posixpath.normpath(re.sub(r"/+", "/", w))
    parts = w.split("/")
    if re.search(r"^/proc/[^/]+/(environ|mem)$", w) or w.startswith(("/run/secrets", "/var/run/secrets")):
        return True
    last = parts[-1]
    if last in (".env.example", ".env.sample", ".env.template") or last.endswith(".pub") and ".ssh" not in parts:
        return False
    if last in SECRET_NAMES or last.startswith(".env.") or last.endswith((".pem", ".key", ".p12", ".pfx", ".kdbx")):
        return True
    if any(p in SECRET_DIRS for p in parts):
        return True
    return False


def abspath(path, cwd):
    p = path.strip().strip("'\"")
    p = p.replace("${HOME}", CFG.home).replace("$HOME", CFG.home).replace("${PWD}", cwd).replace("$PWD", cwd)
    if p == "~" or p.startswith("~/"):
        p = CFG.home + p[1:]
    if not p.startswith("/"):
        p = cwd + "/" + p
    p = re.sub(r"/+", "/", p)
    p = posixpath.normpath(p)
    p = re.sub(r"^/proc/(self|\d+)/root(?=/|$)", "", p) or "/"
    p = re.sub(r"^/proc/(self|\d+)/cwd(?=/|$)", cwd, p)
    return posixpath.normpath(p)


def inside(p, roots):
    return any(p == r or p.startswith(r + "/") for r in roots)


def check_write(path, cwd, content, op):
    p = unicodedata.normalize("NFKC", path)
    p = "".join(c for c in p if unicodedata.category(c) not in ("Cf", "Cc")).translate(LOOKALIKES)
    if p.lower().startswith("file:"):
        p = "/" + unquote(p[5:]).lstrip("/")
    if "%" in p:
        for _ in range(3):  # twice encoded, too
            p = unquote(p)
    p = p.replace("\\", "/")
    if re.match(r"^~[a-z]", p) or "$(" in p or "`" in p or "__SUB__" in p:
        return Decision(BLOCK, "write.unreadable", path)
    p = abspath(p, cwd)
    low = p.lower()
    if "$" in p:
        return Decision(BLOCK, "write.unreadable", path)
    if "stile" in low.split("/")[-1] and low.endswith((".toml", ".service", ".log")) or "/.stile/" in low:
        return Decision(BLOCK, "write.self", path)
    if is_secret(low, cwd):
        return Decision(BLOCK, "write.secret", path)
    if "/.git/" in low or low.endswith("/.git") or low.endswith((".bashrc", ".profile", ".bash_profile", ".zshrc", ".gitconfig", "/.gitmodules")):
        return Decision(BLOCK, "write.protected", path)
    if not inside(p, [CFG.workspace, *CFG.scratch]):
        return Decision(BLOCK, "write.outside", path)
    if isinstance(content, bytes):
        content = content.decode("utf-8", "replace")
    if isinstance(content, str):
        if SECRET_TEXT.search(content):
            return Decision(BLOCK, "write.secret", "content")
        if low.endswith((".sh", ".bash", "/makefile", "/justfile")) or content.startswith("#!") and "sh" in content.split("\n")[0]:
            for line in content.split("\n")[:200]:
                line = line.strip().lstrip("@-")
                if line and not line.startswith("#"):
                    d = check_shell(line, cwd, 1)
                    if d.verdict == BLOCK and d.rule != "shell.unreadable":
                        return Decision(BLOCK, d.rule, "in script: " + line[:60])
    if re.search(r"/\.github/|/\.gitlab-ci|/jenkinsfile$|/\.circleci/|/dockerfile$|/\.pre-commit|/conftest\.py$|/sitecustomize\.py$|/setup\.py$|/package\.json$", low):
        return Decision(CONFIRM, "write.ci", path)
    if op == "delete" and p == CFG.workspace:
        return Decision(BLOCK, "write.outside", path)
    return Decision(ALLOW, "write.ok", path)


def check_fetch(url, method="GET", body=None, depth=0):
    u = unicodedata.normalize("NFKC", url).strip()
    u = "".join(c for c in u if unicodedata.category(c) not in ("Cf", "Cc")).translate(LOOKALIKES)
    u = u.replace("\\", "/").replace("。", ".")
    if u.startswith("//"):
        u = "https:" + u
    u = re.sub(r"^([a-zA-Z]+):/*(?=[^/])", r"\1://", u)
    parts = urlsplit(u)
    if parts.scheme.lower() not in ("http", "https"):
        return Decision(BLOCK, "fetch.scheme", parts.scheme)
    host = parts.netloc.rsplit("@", 1)[-1]
    for _ in range(3):
        host = unquote(host)
    host = unicodedata.normalize("NFKC", host).rsplit("@", 1)[-1].lower()
    m = re.match(r"^\[([^\]]*)\]", host)
    ip = None
    if m:
        host = m[1].split("%")[0]
        ip = ipaddress.ip_address(host)
    else:
        host = re.split(r"[:/?#]", host)[0].rstrip(".")
    if ip is not None:
        if getattr(ip, "ipv4_mapped", None):
            ip = ip.ipv4_mapped
        if not ip.is_global or ip.is_multicast:
            return Decision(BLOCK, "fetch.internal", host)
        return Decision(BLOCK, "fetch.host", "bare address")
    if host == "localhost" or host.endswith(".localhost") or any(host == s or host.endswith("." + s) for s in CFG.internal) or "." not in host:
        return Decision(BLOCK, "fetch.internal", host)
    if re.search(r"(\d{1,3}[.-]){3}\d{1,3}\.(nip|sslip|xip)\.io$", host):
        return Decision(BLOCK, "fetch.internal", host)
    # an address in the address: ?url=http://... (open redirects)
    if depth < 3:
        rest = parts.query + "&" + parts.fragment
        for _, v in parse_qsl(rest, keep_blank_values=True):
            for _ in range(3):
                v = unquote(v)
            if re.match(r"^\s*(\w+:)?[/\\]{2}", v):
                d = check_fetch(v.strip(), "GET", None, depth + 1)
                if d.verdict == BLOCK:
                    return d
    text = unquote(unquote(parts.path + "?" + parts.query)) + " " + (body if isinstance(body, str) else "")
    if SECRET_TEXT.search(text):
        return Decision(BLOCK, "fetch.secret", host)
    listed = any(host == h or host.endswith("." + h) for h in CFG.hosts)
    if method.strip().upper() not in ("GET", "HEAD", "OPTIONS") or body:
        return Decision(CONFIRM, "fetch.upload", host) if listed else Decision(BLOCK, "fetch.upload", host)
    if listed:
        return Decision(ALLOW, "fetch.ok", host)
    return Decision(CONFIRM, "fetch.host", host)
