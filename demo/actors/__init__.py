"""Everybody around the service, each with what they see and do."""
