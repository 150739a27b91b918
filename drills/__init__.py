"""The failure drill: whole lives of loans while everything around them dies, freezes and lies."""
