//! A snapshot: the facts of one audit in a file, with its clock and its expectations.
