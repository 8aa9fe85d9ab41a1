//! The runtimes of tokio 0.2: started by a builder of schedulers, entered by a closure.
