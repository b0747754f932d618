"""What is handed over: scored lists, the report, the terminal's tables, and the record of runs."""
