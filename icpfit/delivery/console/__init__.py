"""What a job shows on the terminal."""
