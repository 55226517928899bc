"""From estimates to errors and intervals: sandwich covariance, clusters, multiple imputation, diagnostics."""
