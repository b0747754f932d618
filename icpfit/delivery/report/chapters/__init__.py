"""The chapters of the report: each takes one finding and puts it into words, tables and figures."""
