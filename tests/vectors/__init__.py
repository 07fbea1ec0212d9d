"""Golden vectors of the formats in docs/format.md, and what both readers answer to them."""
