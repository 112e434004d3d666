"""What a family steers of its data: consents, who looked, what the law gives."""
