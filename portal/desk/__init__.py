"""The worker's side of cases: queue, what the record says beside what is asked, moves and decisions."""
