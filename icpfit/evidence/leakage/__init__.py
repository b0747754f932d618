"""What a column or a model gives away: the gates before and after training."""
