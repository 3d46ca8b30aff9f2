"""The true codes that emulators are fitted to."""
