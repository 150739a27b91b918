"""The systems that others use: post, ledger, feed."""
