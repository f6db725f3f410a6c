"""An app with nothing but migrations that expand the busiest table, for the drill of a migration while serving."""
