"""What touches the world: each activity translates, calls one port, and maps errors."""
