"""What goes out of the office: circulars."""
