"""Where the money is: margin by segment, by cause, by month, and against what was predicted."""
