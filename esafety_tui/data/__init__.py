"""How evidence is kept: keys, sealed records, the ledger and sealed files. Only casework opens it."""
