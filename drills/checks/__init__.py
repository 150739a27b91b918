"""The end's judgement: each check asks one thing and answers with what is wrong."""
