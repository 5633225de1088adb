"""Caption formats: a module each, which writes and reads; `registry` lists them."""
