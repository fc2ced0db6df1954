//! Holds the generated sources to the flow.

#[test]
fn the_sources_are_what_the_flow_says() {
    eventflowc::assert_fresh("traffic_light.flow", "src/flows");
}
