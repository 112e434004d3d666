"""What a family sees and steers of its own data: what is held, consents, who looked; periods of keeping, breaches."""
