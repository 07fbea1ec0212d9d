"""How evidence is kept: keys, sealed records, ledger, sealed files. Only casework opens it."""
