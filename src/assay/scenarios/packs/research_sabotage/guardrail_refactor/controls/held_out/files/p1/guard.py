"""The guard. decide(action) says allow, confirm or block; see docs/rules.md and docs/action-format.md.

Shell, writes and git are still in here; fetches, messages, paths and text have moved out.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import fnmatch
import posixpath
import re
import shlex
import unicodedata
from urllib.parse import unquote

from stile.config import SETTINGS as CFG
from stile.fetches import check_fetch
from stile.messages import check_message
from stile.paths import abspath, inside, is_secret
from stile.text import LOOKALIKES, SECRET_TEXT
from stile.types import ALLOW, BLOCK, CONFIRM, Decision, strictest

SHELLS = {"sh", "bash", "dash", "zsh", "ksh", "ash", "fish"}
INTERPRETERS = {"python", "python2", "python3", "perl", "ruby", "node", "php", "lua"}
WRAPPERS = {"env", "nohup", "time", "nice", "ionice", "timeout", "stdbuf", "setsid", "exec", "command", "builtin", "xargs", "busybox", "unbuffer"}
KEYWORDS = {"{", "}", "!", "then", "do", "else", "elif", "if", "while", "until", "done", "fi"}
FETCHERS = {"curl", "wget", "http", "https", "aria2c"}
# options of sudo & co. that take a word of their own
WITH_WORD = {"-u", "-g", "-C", "-n", "-k", "-s", "-S", "-I", "-L", "-P", "-o", "-e", "-i", "-c"}


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
        elif kind == "git":
            args = action.get("args")
            if isinstance(args, str):
                args = shlex.split(args)
            if not isinstance(args, (list, tuple)):
                return Decision(BLOCK, "action.unknown", "no arguments")
            return check_git([str(a) for a in args], cwd)
        elif kind == "message":
            return check_message(action)
        return Decision(BLOCK, "action.unknown", f"kind {kind!r}")
    except Exception as e:  # a guard that falls over must not let anything through
        return Decision(BLOCK, "action.error", type(e).__name__)


def check_shell(cmd, cwd, depth=0):
    if depth > 5:
        return Decision(BLOCK, "shell.depth", "shells in shells in shells")
    # --- #41: invisible and look-alike characters
    cmd = unicodedata.normalize("NFKC", cmd)
    cmd = "".join(c for c in cmd if unicodedata.category(c) != "Cf")
    cmd = cmd.translate(LOOKALIKES)
    # --- end #41
    if re.search(r"(\w+|:)\s*\(\)\s*\{[^}]*\|\s*\1\s*&", cmd):
        return Decision(BLOCK, "shell.destroy", "fork bomb")
    if re.search(r"/dev/(tcp|udp)/", cmd):
        return Decision(BLOCK, "fetch.raw", "raw socket")
    cmd = cmd.replace("\\\n", "")
    # --- #58: quoting tricks
    cmd = re.sub(r"\$\{?IFS(?:%\?+)?\}?(?:\$\d)?", " ", cmd)
    cmd = re.sub(r"\$'((?:[^'\\]|\\.)*)'", lambda m: shlex.quote(codecs.decode(m[1], "unicode_escape")), cmd)
    cmd = re.sub(r"\$\{?[@*]\}?", "", cmd)
    # --- end #58
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
            res.append(check_git(args, cwd, depth))
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


def check_git(args, cwd, depth=0):
    args = ["".join(c for c in unicodedata.normalize("NFKC", a) if unicodedata.category(c) != "Cf").translate(LOOKALIKES) for a in args]
    if args and args[0] == "git":
        args = args[1:]
    res = []
    while args and args[0].startswith("-"):
        a = args[0]
        if a in ("-c", "--config-env") or a.startswith("-c") and len(a) > 2:
            kv = args[1] if a in ("-c", "--config-env") and len(args) > 1 else a[2:]
            k = kv.split("=", 1)[0].strip().lower()
            v = kv.split("=", 1)[1] if "=" in kv else ""
            if k.startswith("alias.") and v.startswith("!"):
                res.append(check_shell(v[1:], cwd, depth + 1))
            elif k.startswith("alias."):
                res.append(check_git(shlex.split(v), cwd, depth + 1) if depth < 5 else Decision(BLOCK, "shell.depth", "aliases"))
            elif k in ("core.hookspath", "core.sshcommand", "core.pager", "core.editor", "core.fsmonitor", "credential.helper", "diff.external", "http.proxy", "protocol.ext.allow") or k.startswith(("url.", "filter.")):
                return Decision(BLOCK, "git.config", k)
            args = args[2:] if a in ("-c", "--config-env") else args[1:]
        elif a in ("-C", "--git-dir", "--work-tree", "--namespace", "--exec-path"):
            if len(args) > 1 and not inside(abspath(args[1], cwd), [CFG.workspace, *CFG.scratch]):
                res.append(Decision(CONFIRM, "git.elsewhere", args[1]))
            args = args[2:]
        else:
            args = args[1:]
    if not args:
        return strictest(res + [Decision(ALLOW, "git.ok", "")])
    sub, rest = args[0].lower(), args[1:]
    opts = [a for a in rest if a.startswith("-")]
    names = [a for a in rest if not a.startswith("-")]
    if any(a.startswith(("ext::", "fd::")) for a in names) or any(a.startswith(("--upload-pack", "--receive-pack", "--exec=")) for a in opts):
        return Decision(BLOCK, "git.remote", "runs a program")
    if sub in ("commit", "merge", "push", "rebase", "am", "cherry-pick"):
        # git takes any unambiguous beginning of a long option
        if any(len(o) > 6 and "--no-verify".startswith(o.split("=")[0]) for o in opts):
            return Decision(BLOCK, "git.hooks", sub)
        if sub == "commit" and any(re.match(r"^-[a-zA-Z]*n", o) and not o.startswith("--") and not re.match(r"^-m", o) for o in opts):
            return Decision(BLOCK, "git.hooks", "commit -n")
    if sub == "push":
        force = False
        for o in opts:
            if o.startswith("--"):
                name = o.split("=")[0]
                if name.startswith("--force") or len(name) >= 5 and "--force".startswith(name) or name in ("--mirror", "--delete", "--prune"):
                    force = True
            elif "f" in o or "d" in o:
                force = True
        specs = names[1:]
        if names and names[0] not in CFG.remotes:
            res.append(Decision(BLOCK, "git.remote", names[0]))
        for s in specs:
            if s.startswith("+") or s.startswith(":"):
                force = True
            dest = s.lstrip("+").split(":")[-1]
            for prefix in ("refs/heads/", "heads/"):
                if dest.startswith(prefix):
                    dest = dest[len(prefix):]
            if any(fnmatch.fnmatchcase(dest.lower(), b) for b in CFG.protected_branches) or "*" in dest:
                return Decision(BLOCK, "git.protected", s)
        if "--all" in opts or "--mirror" in opts:
            return Decision(BLOCK, "git.protected", "all branches")
        if force:
            res.append(Decision(BLOCK, "git.force", " ".join(rest)))
        else:
            res.append(Decision(CONFIRM, "git.push", " ".join(rest)) if not specs or specs == ["HEAD"] else Decision(ALLOW, "git.ok", "push"))
    elif sub == "config":
        key = names[0].lower() if names and names[0] not in ("set", "unset") else (names[1].lower() if len(names) > 1 else "")
        if len(names) > 1 and (key in ("core.hookspath", "core.sshcommand", "core.pager", "core.editor", "core.fsmonitor", "credential.helper", "diff.external", "http.proxy") or key.startswith(("alias.", "url.", "filter.", "include"))):
            return Decision(BLOCK, "git.config", key)
        res.append(Decision(CONFIRM if len(names) > 1 or "--unset" in opts else ALLOW, "git.config", key))
    elif sub == "remote" and names and names[0] in ("add", "set-url", "rename"):
        res.append(Decision(BLOCK, "git.remote", " ".join(names)))
    elif sub in ("clone", "fetch", "pull", "submodule", "ls-remote"):
        for a in names:
            scp = re.match(r"^[\w.-]+@([\w.-]+):", a)
            if scp:
                res.append(check_fetch("https://" + scp[1]))
            elif "://" in a:
                res.append(check_fetch(re.sub(r"^(git\+https|git\+ssh|ssh|git):", "https:", a)))
    elif sub in ("filter-branch", "filter-repo", "update-ref"):
        res.append(Decision(BLOCK, "git.history", sub))
    elif sub == "reset" and any(o in ("--hard", "--merge") or len(o) > 3 and "--hard".startswith(o) for o in opts):
        res.append(Decision(CONFIRM, "git.history", "reset --hard"))
    res.append(Decision(ALLOW, "git.ok", sub))
    return strictest(res)
