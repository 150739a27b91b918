"""An agreement's terms become a document: HTML from a template, and its words as a PDF."""

from documents.html import render_html
from documents.pdf import PdfInfo, render_pdf
from domain.plan.agreement import AgreementTerms, Document


def render_agreement(terms: AgreementTerms) -> Document:
    """The document of an agreement: the same terms always give the same bytes.

    Takes about a tenth of a second of one core, the first one four times that: call it in a
    thread.
    """
    html = render_html(terms)
    info = PdfInfo(
        title=terms.agreement_id,
        author=terms.lender,
        language={"zh": "zh-CN", "en": "en"}[terms.language],
        created_at=terms.offered_at,
    )
    return Document(html=html.encode(), pdf=render_pdf(html, info))
