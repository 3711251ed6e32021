"""Where brains come from: sources, checksums, licences, one module per source."""
