"""What leaves the house on paper: documents as values, the forms they are set in (decision 25)."""
