"""Visits: times, crews, what is said at the door, who may ask about a visitor."""
