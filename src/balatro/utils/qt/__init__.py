"""What our windows share: starting Qt, the look, and a window that lies over another program's. Needs PySide6."""
