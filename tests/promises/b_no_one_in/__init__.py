"""Two officers by their keys, and no frozen file in any form."""
