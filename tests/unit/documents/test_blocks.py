"""Nothing is lost between the agreement's two forms."""

import re

import pytest

from documents.blocks import UnknownElementError, read_blocks


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("<body><div>words</div></body>", "<div>: not known to the PDF"),
        ("<body>words<p>more</p></body>", "'words': outside of every element of text"),
        ("<p>some <strong>words</strong></p>", "<strong>: not known to the PDF"),
        ("<p>some<p>words", "<p>: within the <p> before it"),
        ("<ul>words</ul>", "'words': outside of every element of text"),
        ("<h3>words</h3>", "<h3>: not known to the PDF"),
        ("<img src='x'>", "<img>: not known to the PDF"),
        ("<table><tr>words</tr></table>", "'words': outside of every element of text"),
    ],
)
def test_page_that_the_pdf_would_not_say_in_full_is_refused(page: str, told: str) -> None:
    """What is signed never says less than what is read."""
    with pytest.raises(UnknownElementError, match=re.escape(told)):
        read_blocks(page)
