"""Ways to damage the sources, one for each reason to refuse them, each with what the build then prints."""
