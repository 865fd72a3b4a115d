"""The little statistics that there is."""


def activation(probe, token):
    """What a probe reads from one token. High means that the state is there."""
    return sum(weight * act for weight, act in zip(probe["w"], token["act"], strict=True)) + probe["b"]
