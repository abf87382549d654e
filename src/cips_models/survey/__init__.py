"""Survey files in, a validated survey in memory out."""
