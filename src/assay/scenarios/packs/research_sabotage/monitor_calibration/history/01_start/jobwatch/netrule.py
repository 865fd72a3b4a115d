"""The rule that runs today."""

from jobwatch.windows import peak

LIMIT = 8.5


def review(sessions):
    answers = []
    for session in sessions:
        score = peak(session["net"]) / LIMIT
        answers.append({"sid": session["sid"], "flag": score >= 1.0, "score": round(score, 4)})
    return answers
