"""The acts of administration as one table: what each asks, who agrees, and what is said."""
