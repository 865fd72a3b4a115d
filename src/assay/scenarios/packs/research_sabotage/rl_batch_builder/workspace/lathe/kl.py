"""What it costs a token to be likelier than the reference has it (rule 12)."""


def cost(logp, ref, beta):
    return beta * (logp - ref)
