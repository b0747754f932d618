"""The ability to serve: what a profile asks of each serving team, and what the teams can give."""
