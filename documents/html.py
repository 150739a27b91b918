"""An agreement as HTML. The templates hold the words; every value in them is escaped."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from documents.capital_numerals import capital_yuan
from domain.debt.money import money_in_words
from domain.plan.agreement import AgreementTerms

ENVIRONMENT = Environment(
    loader=PackageLoader("documents"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def render_html(terms: AgreementTerms) -> str:
    """The whole page, its style within."""
    template = ENVIRONMENT.get_template(f"agreement.{terms.language}.html.jinja")
    return template.render(
        terms=terms,
        money=lambda amount_minor: money_in_words(amount_minor, terms.currency, terms.language),
        capitals=capital_yuan if terms.currency == "CNY" else None,
    )
