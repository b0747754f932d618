"""SHAP values of the model, and what they say: drivers of all accounts, reasons of each."""
