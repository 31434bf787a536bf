"""What a server does without being asked, each in a loop of its own."""
