//! Programs that import all names of several modules, as upstream tokio 0.1 lets them.
//!
//! A name of ours beyond upstream's is ambiguous where another import of all names brings it, too.

#![allow(unused_imports, reason = "what is imported counts, not what is used")]

mod prelude_and_all_modules {
    use tokio::clock::*;
    use tokio::codec::*;
    use tokio::executor::*;
    use tokio::fs::*;
    use tokio::io::*;
    use tokio::net::*;
    use tokio::prelude::*;
    use tokio::reactor::*;
    use tokio::runtime::*;
    use tokio::sync::*;
    use tokio::timer::*;

    #[test]
    fn names_of_the_prelude_are_those_of_futures() {
        let in_task = future::lazy(|| Ok::<_, ()>(task::current().will_notify_current()));
        assert_eq!(in_task.wait(), Ok(true));
        let all = stream::iter_ok::<_, ()>([1, 2]).collect().wait();
        assert_eq!(all, Ok(vec![1, 2]));
        let _: fn(&mut dyn AsyncRead, &mut [u8]) -> Poll<usize, std::io::Error> =
            |r, b| r.poll_read(b);
    }
}

mod futures_and_modules {
    use futures::*;
    use tokio::net::*;
    use tokio::sync::*;
    use tokio::timer::*;

    #[test]
    fn names_of_futures_stay_its_own() {
        let in_task = future::lazy(|| Ok::<_, ()>(task::is_in_task()));
        assert_eq!(in_task.wait(), Ok(true));
        assert!(executor::spawn(future::ok::<_, ()>(1)).wait_future().is_ok());
        let (sender, receiver) = unsync::oneshot::channel::<u8>();
        drop(sender);
        assert!(receiver.wait().is_err());
    }
}

mod std_and_modules {
    use std::collections::*;
    use std::net::*;
    use std::sync::*;
    use std::time::*;
    use tokio::prelude::*;
    use tokio::sync::lock::*;
    use tokio::timer::*;

    #[test]
    fn names_of_std_stay_its_own() {
        let shared = Arc::new(Mutex::new(HashMap::<u8, SocketAddr>::new()));
        assert!(shared.lock().unwrap().is_empty());
        assert!(RwLock::new(Instant::now()).read().unwrap().elapsed() < Duration::from_secs(1000));
    }
}
