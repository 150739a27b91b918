"""What came of a simulation: counts, tables, pictures, and two policies side by side."""
