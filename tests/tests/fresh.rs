//! Holds sources that are generated and checked in to their flows.

#[test]
fn the_library_of_the_misuse_cases_is_what_its_flow_says() {
    eventflowc::assert_fresh("misuse/library.flow", "misuse/src/flows");
}
