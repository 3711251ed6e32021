"""The command line: parse, call the public interface, print."""
