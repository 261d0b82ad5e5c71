"""Words that every part of Partsemble shares; pure, and without an app of their own."""
