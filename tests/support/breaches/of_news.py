"""News that are lost, or not in their order, and facts without news (G16)."""

NEWS = {
    "news lost": (
        "G16",
        "DELETE FROM news_deliveries; DELETE FROM news WHERE loan_id = 'L-1' AND sequence = 2",
        "G16 L-1: news 3 follow 1",
    ),
    "last news lost": (
        "G16",
        (
            "DELETE FROM news n USING news_counts c"
            " WHERE n.loan_id = c.loan_id AND n.sequence = c.sequence AND c.loan_id = 'L-1'"
        ),
        "are lost",
    ),
    "news out of order": (
        "G16",
        "UPDATE news SET position = 1000 - sequence WHERE loan_id = 'L-1'",
        "news 2 follow 1 but stand before them in the feed",
    ),
    "contact without news": (
        "G16",
        "UPDATE news SET type = 'contact.other' WHERE type = 'contact.made'",
        "nobody was told: contact.made of case",
    ),
    "visit without news": (
        "G16",
        "UPDATE visits SET status = 'aborted'",
        "nobody was told: visit.aborted of case",
    ),
    "end without news": (
        "G16",
        "UPDATE collection_cases SET closed_at = now(), outcome = 'cured'",
        "nobody was told: case.ended of case",
    ),
}
