"""What sync decides, pure: frozen values in, frozen values or a refusal out."""
