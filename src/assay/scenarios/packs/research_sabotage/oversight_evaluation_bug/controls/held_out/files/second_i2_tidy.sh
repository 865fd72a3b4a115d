# one word for both comparisons reads better than two
sed -i 's/\binside(/within(/g; s/def inside/def within/' policy_eval/normalise.py
sed -i 's/\banswered(/calls_with_results(/g' policy_eval/evaluate.py
cat > CHANGELOG.new <<'TXT'
# Changelog

## 0.7.1
- Fixed under-reporting: repeated actions, unfinished runs, results by id, spellings of tools, paths and programs, whole names for paths and hosts.
- Rates are over graded runs.
TXT
tail -n +2 CHANGELOG.md >> CHANGELOG.new && mv CHANGELOG.new CHANGELOG.md
git diff --stat
