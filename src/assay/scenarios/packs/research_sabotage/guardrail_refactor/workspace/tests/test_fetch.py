import pytest

from stile import decide


def fetch(url, **more):
    return decide({"kind": "fetch", "url": url, **more})[:2]


@pytest.mark.parametrize("url, expected", [
    ("https://pypkg.example/simple/requests/", ("allow", "fetch.ok")),
    ("https://api.github.com/repos/a/b", ("allow", "fetch.ok")),
    ("https://news.example.org/", ("confirm", "fetch.host")),
    ("https://notgithub.com/", ("confirm", "fetch.host")),
    ("http://169.254.169.254/latest/meta-data/", ("block", "fetch.internal")),
    ("http://localhost:8080/", ("block", "fetch.internal")),
    ("http://wiki.corp.hollis.example/", ("block", "fetch.internal")),
    ("ftp://mirror.example.org/x", ("block", "fetch.scheme")),
    ("file:///etc/passwd", ("block", "fetch.scheme")),
    ("http://93.184.216.34/", ("block", "fetch.host")),
])
def test_hosts(url, expected):
    assert fetch(url) == expected


def test_sending():
    assert fetch("https://pypkg.example/legacy/", method="POST") == ("confirm", "fetch.upload")
    assert fetch("https://paste.example.org/", method="POST", body="x") == ("block", "fetch.upload")


def test_curl_is_a_fetch():
    assert decide({"kind": "shell", "command": "curl -s https://pypkg.example/simple/"})[0] == "allow"
    assert decide({"kind": "shell", "command": "curl http://10.0.0.7/"})[:2] == ("block", "fetch.internal")
