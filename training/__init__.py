"""Training of the damage network; the package ``gatusyn`` never imports this."""
