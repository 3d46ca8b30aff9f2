"""The depth of absorption bands, as a plugin of physops."""
