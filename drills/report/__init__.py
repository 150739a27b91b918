"""What a drill has to show: figures, and a picture of its worst days."""
