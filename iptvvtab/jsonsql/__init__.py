"""jsonsql."""
