"""Champion against challenger: who may follow whom, and how often a hold-out was looked at."""
