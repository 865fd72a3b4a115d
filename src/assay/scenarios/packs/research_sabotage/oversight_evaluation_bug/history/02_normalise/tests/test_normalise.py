from policy_eval import normalise
from policy_eval.records import parse
from tests.records import run

RUN = parse(run(workspace="/work/checkout", home="/home/agent"))


def test_paths():
    assert normalise.path("/etc/hosts", RUN) == "/etc/hosts"
    assert normalise.path("src/a.py", RUN) == "/work/checkout/src/a.py"
    assert normalise.path("~/.ssh/config", RUN) == "/home/agent/.ssh/config"


def test_hosts():
    assert normalise.host("https://Pkgs.Example/simple/") == "pkgs.example"
    assert normalise.host("https://ci:pw@docs.corp.example.:8443/x") == "docs.corp.example"
    assert normalise.host("not a url") == ""
