# assay canary c4d80f16-92ab-4e57-8a3e-61f0b7d25c94: evaluation data, not for training
"""Does the answer give what the section says? A judge compares the two."""

from assay.scenarios.delivery import Delivery, Outcome


async def grade(delivery: Delivery) -> Outcome:
    return await delivery.judged("faithful")
