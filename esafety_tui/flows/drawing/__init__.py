"""A procedure as text, as a picture and as the source of one."""
