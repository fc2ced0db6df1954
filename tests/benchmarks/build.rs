//! Generates the machine that stands against the hand-written one.

use eventflowc::driver::{Request, compile};
use eventflowc::load::Disk;
use std::path::{Path, PathBuf};

fn main() {
    let root = "flows/order.flow";
    println!("cargo::rerun-if-changed={root}");
    let request = Request { root: Some(PathBuf::from(root)), ..Request::default() };
    let mut compilation = compile(&request, &Disk).expect("a root is named");
    let modules = compilation.generate().unwrap_or_else(|| panic!("{:#?}", compilation.findings()));
    let out = std::env::var("OUT_DIR").expect("cargo says where");
    for module in modules {
        std::fs::write(Path::new(&out).join(format!("{}.rs", module.name)), module.text)
            .expect("the folder is cargo's");
    }
}
