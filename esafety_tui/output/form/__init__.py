"""The Record of reviewing devices and internet sites: view, drawing, signing, strict check."""
