"""More pictures from few: copies of labelled cards, turned, cropped, dimmed, or with another edition drawn over them."""
