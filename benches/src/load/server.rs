//! The server's process, seen from either side.

use super::{Occupation, Place, Service, Target};
use crate::counted::REPORT;
use crate::sys;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;
use std::{fs, process, thread};

/// In the server: tells the load generator where it listens. From then on this process
/// ends when that one does, or wants it to.
pub fn announce(listener: &TcpListener) {
    let address = listener.local_addr().expect("it is bound");
    println!("{address}");
    io::stdout().flush().expect("the load generator reads");
    thread::spawn(|| {
        // There is nothing to read but the end.
        let _ = io::stdin().read(&mut [0]);
        process::exit(0);
    });
}

impl Service {
    /// The words of a command line.
    fn to_argument(self) -> String {
        match self {
            Service::Echo => "echo".into(),
            Service::Answer => "answer".into(),
            Service::Proxy(backend) => format!("proxy={backend}"),
            Service::Busy(Occupation::LongPoll) => "longpoll".into(),
            Service::Busy(Occupation::Ready) => "ready".into(),
            Service::Busy(Occupation::Blocking) => "blocking".into(),
        }
    }

    /// The reverse.
    pub fn from_argument(argument: &str) -> Option<Service> {
        match argument.split_once('=') {
            None if argument == "echo" => Some(Service::Echo),
            None if argument == "answer" => Some(Service::Answer),
            None if argument == "longpoll" => Some(Service::Busy(Occupation::LongPoll)),
            None if argument == "ready" => Some(Service::Busy(Occupation::Ready)),
            None if argument == "blocking" => Some(Service::Busy(Occupation::Blocking)),
            Some(("proxy", backend)) => backend.parse().ok().map(Service::Proxy),
            _ => None,
        }
    }
}

/// In the load generator: a server that listens.
pub struct Server {
    child: Child,
    address: SocketAddr,
    /// Open while the server is to live.
    lifeline: Option<ChildStdin>,
}

impl Server {
    /// Starts a server of the target, and puts both sides where they belong.
    pub(super) fn start(target: &Target<'_>, service: Service) -> io::Result<Server> {
        let program = std::env::current_exe()?;
        let report = std::env::var(REPORT).unwrap_or_default();
        let mut command = match target.settings.under.command(&report) {
            None => Command::new(program),
            Some(mut tool) => {
                tool.arg(program);
                tool
            }
        };
        command.args(["serve", target.peer, &service.to_argument()]);
        command.args(target.settings.to_arguments());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        if target.place != Place::Anywhere {
            // What is started stays there, too.
            sys::stay_on(0)?;
        }
        let mut child = command.spawn()?;
        if target.place == Place::Apart {
            sys::stay_on(1)?;
        }
        let lifeline = child.stdin.take();
        let mut line = String::new();
        if let Some(stdout) = child.stdout.take() {
            BufReader::new(stdout).read_line(&mut line)?;
        }
        let address = line.trim().parse().map_err(|_| super::unexpected("does not listen"))?;
        // Until all its threads have settled.
        thread::sleep(Duration::from_millis(100));
        Ok(Server { child, address, lifeline })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The processor time it has used so far.
    pub fn cpu(&self) -> io::Result<Duration> {
        sys::cpu_of(self.child.id())
    }

    /// The bytes of memory it has resident.
    pub fn resident(&self) -> io::Result<u64> {
        let status = format!("/proc/{}/status", self.child.id());
        Ok(number_in(Path::new(&status), "VmRSS:")? * 1024)
    }

    /// How often one of its threads went from waiting to running, so far.
    pub fn wake_ups(&self) -> io::Result<u64> {
        let mut sum = 0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            sum += number_in(&thread?.path().join("status"), "voluntary_ctxt_switches:")?;
        }
        Ok(sum)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends now, and what it runs under has the time to write its counts.
        self.lifeline = None;
        let _ = self.child.wait();
    }
}

/// The number behind a word at the beginning of a line.
fn number_in(file: &Path, word: &str) -> io::Result<u64> {
    let text = fs::read_to_string(file)?;
    let mut lines = text.lines().filter_map(|line| line.strip_prefix(word));
    let number = lines.next().and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    number.ok_or_else(|| io::Error::other(format!("no `{word}` in {}", file.display())))
}
