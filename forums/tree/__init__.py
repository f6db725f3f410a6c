"""Moving a branch to another topic, and recounting what topics count. Imports `models`."""
