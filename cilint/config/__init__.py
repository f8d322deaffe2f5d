"""A project's settings: what configuration and command line say, and what follows for each rule."""
