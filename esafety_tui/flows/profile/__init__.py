"""A school's policy as data: roles, contacts, times, sanctions, retention."""
