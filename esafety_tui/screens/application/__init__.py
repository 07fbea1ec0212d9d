"""Parts of the application: what covers the work, drafts, the lock, shutting down."""
