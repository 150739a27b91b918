"""What the borrower reads and hears."""
