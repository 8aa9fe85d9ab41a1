//! Models of the readiness word and of the table, explored by loom.
