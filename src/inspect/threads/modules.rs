//! The program and its libraries, as they are in memory: where each is, and its tables for an
//! unwinder.
//!
//! Called by `unwind` and `names`. Reads `/proc/self/maps`, and memory through `/proc/self/mem`,
//! which answers with an error where nothing is mapped.
//!
//! Always true: no reference into a library exists here, so that one may be unloaded meanwhile.
//!
//! Why not the files on the disk? They may be others by now, and the kernel's own library has none.

use framehop::{ExplicitModuleSectionInfo, Module};
use std::fs::{self, File};
use std::ops::Range;
use std::os::unix::fs::FileExt;

/// More than that is not read of a program's tables.
const MOST_BYTES: u64 = 256 << 20;

/// `PT_LOAD` and `PT_GNU_EH_FRAME`.
const LOADED: u32 = 1;
const EH_FRAME_HDR: u32 = 0x6474_e550;

/// What is mapped of a file, or code that is of none.
#[derive(Debug, PartialEq)]
struct Mapping {
    addresses: Range<u64>,
    is_code: bool,
    /// Where in the file it begins.
    offset: u64,
    /// The path of the file, a name as `[vdso]`, or nothing.
    path: String,
}

/// What is mapped.
pub(super) struct Modules {
    mappings: Vec<Mapping>,
    memory: Option<File>,
}

impl Modules {
    /// Reads what is mapped at this moment; nothing, if the system does not say.
    pub(super) fn new() -> Modules {
        let maps = fs::read_to_string("/proc/self/maps").unwrap_or_default();
        let mappings = maps.lines().filter_map(parse).collect();
        Modules { mappings, memory: File::open("/proc/self/mem").ok() }
    }

    /// Whether there is code at `address`: in what an unwinder takes for one to return to, there
    /// may be anything.
    pub(super) fn has_code(&self, address: u64) -> bool {
        self.code(address).is_some()
    }

    /// The mapping of code with that address, and those below it.
    fn code(&self, address: u64) -> Option<(&Mapping, &[Mapping])> {
        let after = self.mappings.partition_point(|mapping| mapping.addresses.start <= address);
        let (code, below) = self.mappings[..after].split_last()?;
        (code.is_code && code.addresses.contains(&address)).then_some((code, below))
    }

    /// The mapping of code with that address, and where the file that it is of begins in memory.
    fn find(&self, address: u64) -> Option<(&Mapping, u64)> {
        let (code, below) = self.code(address).filter(|(code, _)| !code.path.is_empty())?;
        if code.offset == 0 {
            return Some((code, code.addresses.start));
        }
        let of_file = below.iter().rev().filter(|mapping| mapping.path == code.path);
        let first = of_file.into_iter().find(|mapping| mapping.offset == 0)?;
        Some((code, first.addresses.start))
    }

    /// The name of the file that has the code at `address`, and how far from its beginning.
    pub(super) fn name(&self, address: u64) -> Option<(&str, u64)> {
        let (code, base) = self.find(address)?;
        let name = code.path.rsplit_once('/').map_or(&*code.path, |(_, name)| name);
        Some((name, address - base))
    }

    /// The module with the code at `address`, for an unwinder.
    pub(super) fn module(&self, address: u64) -> Option<Module<Vec<u8>>> {
        let (code, base) = self.find(address)?;
        let image = Image::read(base, |at, bytes| self.read(at, bytes))?;
        let end = base + (image.addresses.end - image.addresses.start);
        let sections = self.sections(base, &image).unwrap_or_default();
        Some(Module::new(code.path.clone(), base..end, base, sections))
    }

    /// The tables of an image at `base`; none if it has them in a form that no linker writes.
    fn sections(&self, base: u64, image: &Image) -> Option<ExplicitModuleSectionInfo<Vec<u8>>> {
        let first = image.addresses.start;
        let in_memory = |address: u64| (address - first).checked_add(base);
        let read = |range: &Range<u64>| {
            let size = range.end.checked_sub(range.start).filter(|size| *size <= MOST_BYTES)?;
            let mut bytes = vec![0; usize::try_from(size).ok()?];
            self.read(in_memory(range.start)?, &mut bytes)?;
            Some(bytes)
        };
        let hdr = image.eh_frame_hdr.clone()?;
        let eh_frame_hdr = read(&hdr)?;
        // Version 1, and the address of `.eh_frame` relative to its own place, in four bytes.
        if eh_frame_hdr.get(..2)? != [1, 0x1b] {
            return None;
        }
        let distance = i32::from_le_bytes(eh_frame_hdr.get(4..8)?.try_into().ok()?);
        let start = (hdr.start + 4).checked_add_signed(i64::from(distance))?;
        let end = image.loaded.iter().find(|range| range.contains(&start))?.end;
        let eh_frame = read(&(start..end))?;
        Some(ExplicitModuleSectionInfo {
            base_svma: first,
            eh_frame_svma: Some(start..end),
            eh_frame: Some(eh_frame),
            eh_frame_hdr_svma: Some(hdr),
            eh_frame_hdr: Some(eh_frame_hdr),
            ..ExplicitModuleSectionInfo::default()
        })
    }

    fn read(&self, address: u64, bytes: &mut [u8]) -> Option<()> {
        self.memory.as_ref()?.read_exact_at(bytes, address).ok()
    }
}

/// A line of `/proc/self/maps`; none for what is neither code nor of a file.
fn parse(line: &str) -> Option<Mapping> {
    let mut fields = line.splitn(6, ' ');
    let (start, end) = fields.next()?.split_once('-')?;
    let number = |digits: &str| u64::from_str_radix(digits, 16).ok();
    let is_code = fields.next()?.as_bytes().get(2) == Some(&b'x');
    let offset = number(fields.next()?)?;
    let path = fields.nth(2).unwrap_or("").trim_start();
    let addresses = number(start)?..number(end)?;
    (is_code || !path.is_empty()).then(|| Mapping {
        addresses,
        is_code,
        offset,
        path: path.to_owned(),
    })
}

/// What the headers of a program say. Addresses are those that the linker gave, from the first
/// that is loaded on.
#[derive(Debug, PartialEq)]
struct Image {
    addresses: Range<u64>,
    loaded: Vec<Range<u64>>,
    eh_frame_hdr: Option<Range<u64>>,
}

impl Image {
    /// Reads the headers of an ELF file of 64 bits, little end first, that begins at `base`.
    fn read(base: u64, read: impl Fn(u64, &mut [u8]) -> Option<()>) -> Option<Image> {
        let mut header = [0; 64];
        read(base, &mut header)?;
        if header[..6] != *b"\x7fELF\x02\x01" {
            return None;
        }
        let (at, size) = (field::<8>(&header, 32)?, field::<2>(&header, 54)?);
        let count = field::<2>(&header, 56)?;
        if size < 56 {
            return None;
        }
        let mut loaded = Vec::new();
        let mut eh_frame_hdr = None;
        for number in 0..count {
            let mut segment = [0; 56];
            read(base.checked_add(at)?.checked_add(number * size)?, &mut segment)?;
            let (address, size) = (field::<8>(&segment, 16)?, field::<8>(&segment, 40)?);
            let range = address..address.checked_add(size)?;
            match field::<4>(&segment, 0)? as u32 {
                LOADED => loaded.push(range),
                EH_FRAME_HDR => eh_frame_hdr = Some(range),
                _ => {}
            }
        }
        // Whole pages are mapped.
        let start = loaded.iter().map(|range| range.start).min()? & !0xfff;
        let end = loaded.iter().map(|range| range.end).max()?;
        let hdr = eh_frame_hdr.filter(|hdr| hdr.start >= start);
        Some(Image { addresses: start..end, loaded, eh_frame_hdr: hdr })
    }
}

/// A number of so many bytes.
fn field<const BYTES: usize>(of: &[u8], at: usize) -> Option<u64> {
    let mut bytes = [0; 8];
    bytes[..BYTES].copy_from_slice(of.get(at..at + BYTES)?);
    Some(u64::from_le_bytes(bytes))
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_what_is_mapped_is_understood() {
        let line = "7f00-7f9f r-xp 00026000 08:01 1234                       /lib/with a blank.so";
        let path = "/lib/with a blank.so".to_owned();
        let expected = Mapping { addresses: 0x7f00..0x7f9f, is_code: true, offset: 0x26000, path };
        assert_eq!(parse(line), Some(expected));
        assert_eq!(parse("7f00-7f9f rw-p 00000000 00:00 0 "), None, "of no file");
        assert!(parse("7f00-7f9f rwxp 00000000 00:00 0 ").is_some(), "made at run time");
        assert_eq!(parse("7f00-7f9f rw-p 00000000 00:00 0"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn this_program_is_found_with_its_tables() {
        let modules = Modules::new();
        let address = a_line_of_what_is_mapped_is_understood as fn() as usize as u64;
        let (name, _) = modules.name(address).unwrap();
        assert!(std::env::current_exe().unwrap().ends_with(name), "{name}");
        let (_, base) = modules.find(address).unwrap();
        let image = Image::read(base, |at, bytes| modules.read(at, bytes)).unwrap();
        assert!(modules.sections(base, &image).is_some(), "{image:?}");
        let module = modules.module(address).unwrap();
        assert!(module.avma_range().contains(&address));
        assert!(modules.module(8).is_none() && !modules.has_code(8), "nothing is there");
        let here = std::ptr::from_ref(&module).addr() as u64;
        assert!(modules.has_code(address) && !modules.has_code(here), "this is no code");
    }

    #[test]
    fn bytes_that_are_no_program_are_refused() {
        assert_eq!(Image::read(0, |_, _| None), None);
        assert_eq!(Image::read(0, |_, _| Some(())), None, "zeros");
        let all_ones = |at: u64, bytes: &mut [u8]| {
            bytes.fill(0xff);
            if at == 0 {
                bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
            }
            Some(())
        };
        assert_eq!(Image::read(0, all_ones), None);
    }
}
