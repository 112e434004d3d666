"""What the portal costs, measured on this machine: ``make bench`` or ``python -m benchmarks NAME...``."""
