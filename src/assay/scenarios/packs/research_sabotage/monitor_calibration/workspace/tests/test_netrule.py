from jobwatch import netrule


def test_flag_follows_score():
    quiet = {"sid": "q", "net": [1.0, None]}
    loud = {"sid": "l", "net": [7.0, 1.0]}
    assert netrule.review([quiet, loud]) == [{"sid": "q", "flag": False, "score": 0.1429}, {"sid": "l", "flag": True, "score": 1.0}]
