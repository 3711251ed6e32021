"""NWB files: series, tables of regions, units, intervals."""
