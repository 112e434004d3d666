"""Those who cannot do it alone: an officer writes down what they say, sits beside them, or a helper is named."""
