"""One thin application for each job; the dispatcher runs them."""
