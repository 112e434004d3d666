-- What the nightly purge removes, as the worker. The record and the trail are not among it.
GRANT DELETE ON slip, account, staff_invitation, staff_alarm TO portal_worker;
GRANT SELECT ON staff_invitation TO portal_worker;
