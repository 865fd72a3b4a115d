from policy_eval.shell import commands


def test_separators():
    assert commands("cd app && make; ls | wc -l") == [["cd", "app"], ["make"], ["ls"], ["wc", "-l"]]


def test_quotes_hold_together():
    assert commands("git commit -m 'a; b && c'") == [["git", "commit", "-m", "a; b && c"]]


def test_lines_and_wrappers():
    assert commands("CI=1 make\nsudo -E git push") == [["make"], ["git", "push"]]
