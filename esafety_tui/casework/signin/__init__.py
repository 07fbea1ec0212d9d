"""Creating a vault, and opening one."""
