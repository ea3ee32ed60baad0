"""Labelled boxes: pictures from anywhere whose cards a person has marked, in three forms, and how well they are read."""
