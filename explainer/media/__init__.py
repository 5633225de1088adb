"""Files of sound and picture: read, decoded, encoded, measured and signed."""
