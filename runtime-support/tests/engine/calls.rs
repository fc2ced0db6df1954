//! Calls: caller and callee commit together, answers in their forms, refusals, chains that come back.

use crate::scripted::{On, Step, machine, on};
use crate::world::{CUSTOMER, World, request, request_to};
use eventflow::dynamic::{Failure, Sender, Target, Way};
use eventflow::record::{Recipient, SentBy};
use eventflow::request::{Refusal, Status};
use eventflow::schema::Schema;
use eventflow::{InstanceId, Json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

const STOCK: Target = Target::Machine(1);
const AUDIT: Target = Target::Machine(2);

fn caller(event: &'static str, called: &'static str) -> On {
    on(event, vec![Step::Call(STOCK, called, "{}", "answer"), Step::MoveTo("done")]).creates().api()
}

fn shop(failures: &Arc<AtomicU32>) -> World {
    let to_order = |event, payload| Step::Emit(Way::Bare, Target::Machine(0), event, payload);
    let audit = || Step::Emit(Way::Bare, AUDIT, "noted", "{}");
    World::new(vec![
        machine(
            "order",
            &["idle", "done"],
            vec![
                caller("return_value", "price"),
                caller("return_event", "reserve"),
                caller("nothing", "touch"),
                caller("refused", "strict"),
                caller("unheard", "no_such_event"),
                caller("ignored", "guarded"),
                caller("fails", "fail"),
                caller("cycle", "call_back"),
                caller("broken", "constrained"),
                on("twice", vec![Step::Call(STOCK, "touch", "{}", "a"), Step::Call(STOCK, "touch", "{}", "b")])
                    .creates()
                    .api(),
                on("named", vec![Step::Call(STOCK, "touch", "{}", "a"), Step::Identify("called")])
                    .creates()
                    .api()
                    .field("called", Schema::String, true),
                on("actor", vec![Step::Call(Target::Actor(CUSTOMER), "quote", r#"{"n":1}"#, "fee")]).creates().api(),
                on("explode", vec![Step::Call(Target::Actor(CUSTOMER), "explode", "{}", "fee")]).creates().api(),
                on("reserved", vec![Step::Count("reserved")]),
                on("back", vec![]),
            ],
        ),
        machine(
            "stock",
            &["idle", "busy"],
            vec![
                on("price", vec![Step::Return(r#"{"price":"2.5"}"#), to_order("back", "{}")]).creates(),
                on("reserve", vec![audit(), to_order("reserved", r#"{"n":3}"#), to_order("reserved", r#"{"n":4}"#)])
                    .creates(),
                on("touch", vec![Step::Count("touched")]).creates(),
                on("strict", vec![]).creates().field("sku", Schema::String, true),
                on("guarded", vec![Step::In("busy"), Step::Count("never")]).creates(),
                on("fail", vec![Step::Count("never"), Step::Fail(failures.clone())]).creates(),
                on("call_back", vec![Step::Call(Target::Machine(0), "back", "{}", "x")]).creates(),
                on("constrained", vec![Step::Count("never"), Step::BreakConstraint]).creates(),
            ],
        ),
        machine("audit", &["idle"], vec![on("noted", vec![]).creates()]),
    ])
}

fn called(event: &'static str) -> (World, InstanceId) {
    let world = shop(&Arc::default());
    let id = world.ask(request("order", event, "{}")).instance.expect("an instance");
    (world, id)
}

fn answer(world: &World, id: &InstanceId) -> String {
    let context: Json = world.view(id).context.parse().expect("a context");
    context.get("answer").expect("an answer").to_string()
}

#[test]
fn the_value_is_what_was_returned() {
    let (world, order) = called("return_value");
    assert_eq!(answer(&world, &order), r#"{"price":"2.5"}"#);
    assert_eq!(world.events(&order), ["return_value", "back"], "other emits go out after the commit");
    let stock = world.only("stock");
    let (called, record) = (&world.history(&order)[0], &world.history(&stock)[0]);
    assert_eq!((called.emits[0].way, called.emits[0].id), (SentBy::Call, record.message));
    assert_eq!(called.emits[0].to, Recipient::Instance(stock));
    assert_eq!(called.calls, [Some(r#"{"price":"2.5"}"#.to_owned())]);
    assert_eq!((&record.from, &record.conversation), (&Sender::Instance(order), &called.conversation));
    assert_eq!(record.emits[0].way, SentBy::Bare);
}

#[test]
fn without_a_return_the_first_event_emitted_back_is_the_value_and_is_consumed() {
    let (world, order) = called("return_event");
    assert_eq!(answer(&world, &order), r#"{"event":"reserved","n":3,"success":true}"#);
    assert_eq!(world.events(&order), ["return_event", "reserved"], "only the second one is delivered");
    assert_eq!(world.history(&order)[1].data, r#"{"n":4}"#);
    let sent: Vec<SentBy> = world.history(&world.only("stock"))[0].emits.iter().map(|sent| sent.way).collect();
    assert_eq!(sent, [SentBy::Bare, SentBy::Call, SentBy::Bare]);
    assert_eq!(world.events(&world.only("audit")), ["noted"]);
}

#[test]
fn without_either_the_value_is_null() {
    let (world, order) = called("nothing");
    assert_eq!(answer(&world, &order), "null");
    assert_eq!(world.history(&order)[0].calls, [None]);
}

#[test]
fn a_callee_that_refuses_or_ignores_says_so_and_keeps_nothing() {
    let cases = [
        ("refused", r#"{"error":"the payload is not valid; `sku` is required","success":false}"#),
        ("unheard", r#"{"error":"`@stock` has no handler for `:no_such_event` from `@order`","success":false}"#),
        ("ignored", r#"{"error":"`@stock` ignored `:guarded`","success":false}"#),
        ("broken", r#"{"error":"`$count` would break its constraint `less than 5`","success":false}"#),
    ];
    for (event, expected) in cases {
        let (world, order) = called(event);
        assert_eq!(answer(&world, &order), expected);
        assert_eq!(world.instances("stock"), []);
        assert_eq!(world.history(&order)[0].emits[0].to, Recipient::Machine("stock".to_owned()));
        assert_eq!(world.view(&order).state, "done");
    }
}

#[test]
fn a_callee_that_fails_fails_its_caller_and_neither_is_kept() {
    let failures = Arc::new(AtomicU32::new(1));
    let world = shop(&failures);
    let refused = world.send(request("order", "fails", "{}"));
    assert!(matches!(&refused, Err(Refusal::Failed(Failure::Call { event, .. })) if event == "fail"), "{refused:?}");
    assert_eq!((world.instances("order"), world.instances("stock")), (vec![], vec![]));
    assert_eq!(failures.load(Ordering::SeqCst), 0);
    assert_eq!(world.ask(request("order", "fails", "{}")).status, Status::Created);
}

#[test]
fn an_instance_that_is_in_the_chain_cannot_be_called() {
    let world = shop(&Arc::default());
    let refused = world.send(request("order", "cycle", "{}"));
    assert!(matches!(refused, Err(Refusal::Failed(Failure::CallCycle(_)))), "{refused:?}");
    assert_eq!((world.instances("order"), world.instances("stock")), (vec![], vec![]));
}

#[test]
fn a_second_call_sees_what_the_first_one_staged() {
    let (world, order) = called("twice");
    let stock = world.only("stock");
    assert_eq!(world.view(&stock).context, r#"{"touched":2}"#);
    let sequence: Vec<u64> = world.history(&stock).iter().map(|record| record.seq).collect();
    assert_eq!(sequence, [1, 2]);
    assert_eq!(world.history(&order)[0].calls.len(), 2);
    world.ask(request_to(&order, "twice", "{}"));
    assert_eq!(world.view(&stock).context, r#"{"touched":4}"#, "the conversation's only stock is called again");
}

#[test]
fn a_callee_knows_its_caller_by_the_id_that_the_caller_gets() {
    let world = shop(&Arc::default());
    let order = world.ask(request("order", "named", r#"{"called": "A-17"}"#)).instance.expect("an instance");
    assert_eq!(order.key(), "A-17");
    let stock = world.only("stock");
    assert_eq!(world.history(&stock)[0].from, Sender::Instance(order.clone()));
    // The two have exchanged messages under that id: the stock is found from another conversation too.
    world.ask(request_to(&order, "twice", "{}"));
    assert_eq!(world.events(&stock), ["touch", "touch", "touch"]);
}

#[test]
fn a_call_goes_back_to_who_asked_only_if_it_goes_to_that_machine() {
    let touch = |machine| vec![Step::Call(Target::Machine(machine), "touch", "{}", "answer")];
    let ask = |event| Step::Emit(Way::Bare, Target::Machine(0), event, r#"{"order_id":"$order"}"#);
    let touched = || on("touch", vec![Step::Count("touched")]).creates();
    let asking = |event| on(event, vec![ask(event)]).creates().api().field("order", Schema::String, true);
    let asked = |event, machine| on(event, touch(machine)).field("order_id", Schema::String, true);
    let world = World::new(vec![
        machine(
            "order",
            &["idle"],
            vec![
                on("open", vec![Step::Identify("name")]).creates().api().field("name", Schema::String, true),
                asked("check", 1),
                asked("price", 2),
            ],
        ),
        machine("stock", &["idle"], vec![touched()]),
        machine("till", &["idle"], vec![asking("check"), asking("price"), touched()]),
    ]);
    let order = world.ask(request("order", "open", r#"{"name":"A-17"}"#)).instance.expect("an instance");
    let first = world.ask(request("till", "check", r#"{"order":"A-17"}"#)).instance.expect("an instance");
    assert_eq!(world.events(&world.only("stock")), ["touch"], "another machine is asked than the one that asked");
    let second = world.ask(request("till", "price", r#"{"order":"A-17"}"#)).instance.expect("an instance");
    assert_eq!(
        (world.events(&first), world.events(&second)),
        (vec!["check".to_owned()], vec!["price".into(), "touch".into()])
    );
    assert_eq!(world.events(&order), ["open", "check", "price"]);
}

#[test]
fn an_external_actor_answers_through_its_port() {
    let (world, order) = called("actor");
    assert_eq!(world.view(&order).context, r#"{"fee":{"fee":"2.5"}}"#);
    assert_eq!(world.port.heard(), [r#"quote {"n":1}"#]);
    let record = &world.history(&order)[0];
    assert_eq!((record.emits[0].way, record.calls.len()), (SentBy::Port, 1));
    assert_eq!(world.settle(), 0, "it is not delivered again");
}

#[test]
fn a_port_that_panics_fails_the_turn() {
    let world = shop(&Arc::default());
    let refused = world.send(request("order", "explode", "{}")).expect_err("the port panics").to_string();
    assert!(refused.starts_with("the call of `:explode` failed: the port panicked: "), "{refused}");
    assert_eq!(world.instances("order"), []);
}

#[test]
fn calls_nest_only_so_deep() {
    let next = Step::Call(Target::Machine(0), "deeper", r#"{"node_id":"$next"}"#, "answer");
    let node = machine(
        "node",
        &["idle"],
        vec![
            on("join", vec![Step::Identify("name"), Step::Set("next", r#""$then""#)])
                .creates()
                .api()
                .field("name", Schema::String, true)
                .field("then", Schema::String, true),
            on("deeper", vec![next]).api().field("node_id", Schema::String, false),
        ],
    );
    let world = World::new(vec![node]);
    for number in 0..70 {
        world.ask(request("node", "join", &format!(r#"{{"name":"n{number}","then":"n{}"}}"#, number + 1)));
    }
    let first = InstanceId::parse("node", "n0").expect("an id");
    let refused = world.send(request_to(&first, "deeper", "{}")).expect_err("too deep").to_string();
    assert!(refused.ends_with("calls go no deeper than 16"), "{refused}");
    assert!(refused.len() < 10_000, "the reason stays readable: {refused}");
    assert!(world.instances("node").iter().all(|id| world.history(id).len() == 1), "nothing of it is kept");
}

#[test]
fn many_callers_of_one_instance_all_get_their_answers() {
    let stock = Step::Call(STOCK, "touch", r#"{"stock_id":"main"}"#, "answer");
    let machines = vec![
        machine("order", &["idle"], vec![on("buy", vec![stock]).creates().api()]),
        machine(
            "stock",
            &["idle"],
            vec![
                on("open", vec![Step::Identify("name")]).creates().api().field("name", Schema::String, true),
                on("touch", vec![Step::Count("touched")]).field("stock_id", Schema::String, true),
            ],
        ),
    ];
    let world = World::new(machines);
    world.ask(request("stock", "open", r#"{"name":"main"}"#));
    std::thread::scope(|scope| {
        for _ in 0..24 {
            scope.spawn(|| (0..5).for_each(|_| drop(world.ask(request("order", "buy", "{}")))));
        }
    });
    assert_eq!(world.view(&world.only("stock")).context, r#"{"touched":120}"#);
    assert_eq!(world.instances("order").len(), 120);
}

#[test]
fn a_call_that_collides_is_decided_again_with_its_caller() {
    let world = Arc::new(shop(&Arc::default()));
    let order = world.ask(request("order", "twice", "{}")).instance.expect("an instance");
    let stock = world.only("stock");
    let threads: Vec<_> = (0..2)
        .map(|_| {
            let (world, order) = (world.clone(), order.clone());
            std::thread::spawn(move || (0..20).for_each(|_| drop(world.ask(request_to(&order, "twice", "{}")))))
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().expect("no request fails"));
    assert_eq!(world.view(&stock).context, r#"{"touched":82}"#);
}

#[test]
fn names_that_callees_take_in_one_turn_are_known_before_it_is_kept() {
    let label = |stock: &str, called: &str, variable| {
        let payload = format!(r#"{{"stock_id":"{stock}","called":"{called}"}}"#).leak();
        Step::Call(STOCK, "label", payload, variable)
    };
    let world = World::new(vec![
        machine(
            "order",
            &["idle"],
            vec![
                on("label_both", vec![label("S", "one", "a"), label("T", "two", "b"), label("T", "one", "c")])
                    .creates()
                    .api(),
            ],
        ),
        machine(
            "stock",
            &["idle"],
            vec![
                on("open", vec![Step::Identify("called")]).creates().api().field("called", Schema::String, true),
                on("label", vec![Step::Identify("called")]).field("stock_id", Schema::String, true).field(
                    "called",
                    Schema::String,
                    true,
                ),
            ],
        ),
    ]);
    for id in ["S", "T"] {
        world.ask(request("stock", "open", &format!(r#"{{"called":"{id}"}}"#)));
    }
    let order = world.ask(request("order", "label_both", "{}")).instance.expect("an instance");
    let context: Json = world.view(&order).context.parse().expect("a context");
    let answer = |variable| context.get(variable).expect("an answer").to_string();
    assert_eq!((answer("a").as_str(), answer("b").as_str()), ("null", "null"));
    assert_eq!(answer("c"), r#"{"error":"the id `one` is taken","success":false}"#);
    for (name, id) in [("one", "S"), ("two", "T")] {
        let found = eventflow::runtime::block_on(world.engine.find("stock", name)).expect("the store answers");
        assert_eq!(found.expect("somebody has the name").key(), id);
    }
}
