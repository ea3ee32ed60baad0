"""Small things that every room uses: errors, files written whole, pictures, progress bars."""
