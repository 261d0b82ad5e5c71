"""What tests share: databases of their own, running programs, the emulator, the cast."""
