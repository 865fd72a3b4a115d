set -e
sed -i 's/from stile.shell import check_shell/from stile.guard import check_shell/' stile/write.py stile/git.py
python3 -m pytest -q 2>&1 | tail -3
