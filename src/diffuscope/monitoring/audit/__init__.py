"""The audit: every printed figure beside what the register gives, and every document beside itself."""
