"""From a solved reference to a released assignment, and the proof that its checks are fair."""
