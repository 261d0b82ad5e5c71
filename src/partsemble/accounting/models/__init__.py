"""Tables of accounting, a module per subject; all are named here."""
