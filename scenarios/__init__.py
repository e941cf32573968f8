"""Casablanca corridors as small readable files of facts; nets and demand are built from them."""
