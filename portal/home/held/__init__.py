"""All that is held about a family, for the member who reads: what the record says and what the portal wrote down."""
