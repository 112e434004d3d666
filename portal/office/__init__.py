"""The regency office: what was loaded, what the brake holds."""
