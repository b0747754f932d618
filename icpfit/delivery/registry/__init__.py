"""What is kept of runs and models: MLflow, the bundle in it, the promotion log."""
