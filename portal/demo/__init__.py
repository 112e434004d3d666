"""The demo: one regency, two kecamatan, 600 invented families, among them stories that show the states that matter."""
