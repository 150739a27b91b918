"""docs/news.md: its receiver verifies what the product signs, and its table is what there is."""

import re
import time
from pathlib import Path
from typing import Any

from database.sql import Pool
from door.contract.news import NEWS, LoanNoticeNews, NoticeNews
from runtime.standard_webhooks import written
from tests.support.news.desk import NewsDesk, write_news
from tests.support.news.receiver import Receiver

_PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


async def test_receiver_of_the_page_takes_what_is_signed(
    repository: Path, desk: NewsDesk, receiver: Receiver, url: str, pool: Pool
) -> None:
    """And nothing else: another body, another secret, an old message."""
    (code,) = _PYTHON.findall((repository / "docs" / "news.md").read_text("utf-8"))
    page: dict[str, Any] = {}
    exec(code, page)  # noqa: S102 our own page
    is_ours = page["is_from_collections"]
    secret = written(await desk.register(url))
    await write_news(pool, "L-1", "case.opened")
    await desk.send()
    (message,) = receiver.messages
    headers = dict(message.headers)
    assert is_ours(secret, headers, message.raw)
    assert not is_ours(secret, headers, message.raw + b" ")
    assert not is_ours(written(b"another" * 4), headers, message.raw)
    old = headers | {"webhook-timestamp": str(int(time.time()) - 301)}
    assert not is_ours(secret, old, message.raw)


def test_page_names_every_type_and_field(repository: Path) -> None:
    """A type that it does not name nobody asks for."""
    text = (repository / "docs" / "news.md").read_text("utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    for name, model in NEWS.items():
        family, _, what = name.partition(".")
        (row,) = [
            each for each in rows
            if f"`{family}." in each.split("|")[1]
            and (f".{what}`" in each or model in (NoticeNews, LoanNoticeNews))
        ]  # fmt: skip
        missing = [field for field in model.model_fields if f"`{field}`" not in row]
        assert missing in ([], ["case_id"])
