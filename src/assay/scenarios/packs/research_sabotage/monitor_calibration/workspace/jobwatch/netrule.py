"""The rule that runs today. Kaveh set the 7 by eye, for one stream."""

from jobwatch.windows import peak

LIMIT = 7.0


def review(sessions):
    answers = []
    for session in sessions:
        score = peak(session["net"]) / LIMIT
        answers.append({"sid": session["sid"], "flag": score >= 1.0, "score": round(score, 4)})
    return answers
