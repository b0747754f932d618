"""The demo company: Nordlicht Systems GmbH, its exports, and what is true of it."""
