"""The pages a person sees: consent, and what the emulator is."""
