"""Key ring, sealing, blind indexes, receipt codes: what design law 9 stands on."""
