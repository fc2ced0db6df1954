//! Compiles the flows and their tests; `src/flows.rs` includes what comes out.

fn main() {
    eventflowc::Build::new("flows/system.flow").tests().run();
}
