"""What is maximised or sampled: links, Newton-Raphson, the partial likelihood, the no-U-turn sampler."""
