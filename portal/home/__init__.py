"""The family's own pages (home, aid, desil, opportunities), the public pages, and the portal's health."""
