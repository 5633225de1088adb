"""What a finished film is handed on as: a page, an upload, and whatever the registry names."""
