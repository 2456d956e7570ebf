"""Mouse tools: each has a beginning, a middle and an end, and talks to the Session only."""
