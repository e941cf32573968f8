"""People on the carriageway, who are too small for what background subtraction works on."""
