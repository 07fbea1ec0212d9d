"""A procedure fitted to a policy and walked: answers, what they allow, when things are due."""
