//! Parts that are not those of the description: none of them starts, and each is told what does not fit.

use crate::scripted::machine;
use crate::stores::Place;
use crate::world::{Driven, Recorder, system};
use eventflow::dynamic::{DynMachine, DynPort};
use eventflow::engine::{Engine, Misfit, Options, Setup};
use eventflow::system::Parts;
use eventflow::{ManualClock, SeededIds, Timestamp};
use std::sync::Arc;

/// Starts a shop of an order and a stock, with these machines and so many ports.
fn start(given: &[&'static str], ports: usize) -> Result<Engine, Misfit> {
    let machines = |names: &[&'static str]| -> Vec<Arc<dyn DynMachine>> {
        names.iter().map(|name| Arc::new(machine(name, &["idle"], vec![])) as Arc<dyn DynMachine>).collect()
    };
    let port: Arc<dyn DynPort> = Arc::new(Recorder::default());
    let parts = Parts {
        description: system(&machines(&["order", "stock"])),
        machines: machines(given),
        ports: std::iter::repeat_n(port, ports).collect(),
    };
    let clock = Arc::new(ManualClock::new(Timestamp::EPOCH));
    let setup = Setup {
        store: Place::new(clock.clone()).open(),
        runtime: Arc::new(Driven::default()),
        clock: clock.clone(),
        ids: Arc::new(SeededIds::new(7, clock)),
        options: Options::default(),
    };
    setup.try_start(parts)
}

#[test]
fn parts_that_do_not_fit_are_named() {
    let cases: [(&[&'static str], usize, &str); 4] = [
        (&["order"], 1, "1 machines for a system of 2"),
        (&["stock", "order"], 1, "`@stock` stands where `@order` is meant"),
        (&["order", "stock"], 0, "0 ports for 1 external actors"),
        (&["order", "stock"], 2, "2 ports for 1 external actors"),
    ];
    for (given, ports, expected) in cases {
        let misfit = start(given, ports).err().unwrap_or_else(|| panic!("{given:?} and {ports} ports do not fit"));
        assert_eq!(misfit.to_string(), expected);
    }
    assert!(start(&["order", "stock"], 1).is_ok());
}
