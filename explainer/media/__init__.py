"""Files of sound and picture: read, written, measured and told apart."""
