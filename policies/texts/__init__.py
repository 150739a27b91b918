"""What borrowers read and hear, as files of a lender; and who reads, checks and draws them."""
