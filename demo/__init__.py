"""The owner's demo: real loans, real servers, and a world that answers through real signals."""
