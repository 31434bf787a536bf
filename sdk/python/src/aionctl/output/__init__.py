"""The three forms of an answer: tables for people, JSON and YAML for programs."""
