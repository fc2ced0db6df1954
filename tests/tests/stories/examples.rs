//! The examples' own tests.

use crate::told::unit;
use eventflowc::load::Disk;
use std::path::Path;

fn example(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join("examples").join(name);
    root.to_str().expect("a path in UTF-8").to_owned()
}

#[test]
fn the_tea_shop_keeps_its_stories() {
    unit(&example("checkout/flows/system.flow"), &Disk).all_pass();
    for machine in ["order", "payment", "inventory"] {
        unit(&example(&format!("checkout/flows/{machine}.flow")), &Disk).all_pass();
    }
}

#[test]
fn the_traffic_light_keeps_its_stories() {
    unit(&example("traffic_light/traffic_light.flow"), &Disk).all_pass();
}

#[test]
fn the_support_desk_keeps_its_stories() {
    unit(&example("support_ticket/flows/system.flow"), &Disk).all_pass();
    // The incident announces to all tickets, so that it makes no sense without them.
    unit(&example("support_ticket/flows/ticket.flow"), &Disk).all_pass();
}
