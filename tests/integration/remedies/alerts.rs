//! Topics, alarms, and who reads them.
