"""Many pictures: what is read, by how many processes, and a long output that goes on."""
