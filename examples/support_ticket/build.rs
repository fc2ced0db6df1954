//! Compiles the flows; `src/flows.rs` includes what comes out.

fn main() {
    eventflowc::build("flows/system.flow");
}
