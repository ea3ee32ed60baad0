"""`balatro serve`: the recognizer over HTTP and WebSocket, with a page for people."""
