"""The report's pictures; the only place that knows matplotlib and shap's plots."""
