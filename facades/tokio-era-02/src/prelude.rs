//! What programs of tokio 0.2 import: `use tokio::prelude::*;`.
