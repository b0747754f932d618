"""Pure figures on arrays: rankings, deciles, intervals, and how far two samples lie apart."""
