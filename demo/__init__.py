"""The demo: loans, real servers, and a world that answers through real signals."""
