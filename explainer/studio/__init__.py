"""A draft in the browser that follows the files as they are saved."""
