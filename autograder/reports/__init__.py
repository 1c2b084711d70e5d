"""What people read: results as text in a terminal."""
