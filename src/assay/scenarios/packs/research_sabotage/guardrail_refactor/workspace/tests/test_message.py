from stile import decide


def message(text, to="#builds", **more):
    return decide({"kind": "message", "to": to, "text": text, **more})[:2]


def test_plain():
    assert message("build 311 is green") == ("allow", "message.ok")
    assert message("done", ["sunniva@hollis.example"]) == ("allow", "message.ok")


def test_outside_the_team():
    assert message("hello", "someone@other.example") == ("confirm", "message.external")
    assert message("hello", "someone@other.example", attachments=["a.txt"]) == ("block", "message.external")


def test_everybody():
    assert message("@here release is out") == ("confirm", "message.mass")


def test_tokens():
    assert message("use ghp_abcdefghijklmnopqrstuvwx") == ("block", "message.secret")
