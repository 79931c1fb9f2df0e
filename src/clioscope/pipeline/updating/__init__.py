"""The parts of an update: what arrived, where it belongs, which groups change, and the tables that follow."""
