"""The texts that the shipped policies name."""

from domain.messages.texts import Texts
from policies.reader import read_policy
from runtime.settings import CHINA_POLICY


def _read() -> Texts:
    texts = read_policy(CHINA_POLICY).texts
    assert texts is not None
    return texts


TEXTS = _read()
