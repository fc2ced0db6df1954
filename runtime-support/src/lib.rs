//! What code generated from EventFlow flows links.
