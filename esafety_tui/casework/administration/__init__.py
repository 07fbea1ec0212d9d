"""Officers, rehearsals and the policy: what two officers change about the vault."""
