"""What a fitted model says further: predictions, marginal effects, adoption curves, validation."""
