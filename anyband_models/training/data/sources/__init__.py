"""Where spectra of materials come from, a module a source; `sources.toml` says on what terms."""
