"""What a sentence about a refusal is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a screen says about a refusal; `{fact}` stands for one of its facts."""

    what: str
    why: str
    remedy: str
    status: int = 409
