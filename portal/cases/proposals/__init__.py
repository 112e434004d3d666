"""Proposals (usul) that need no login: for a family that the record may not have, followed by a slip with a code."""
