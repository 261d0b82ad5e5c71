"""What `partsemble demo` is made of: its options, its processes, its people."""
