//! A panic of user code is caught, named with its line of the flow, and fails the turn: whatever the sentence is, waiting
//! or not, and whoever executes the flow.

use crate::{order, order_system, parcel, parcels};
use eventflow::dynamic::{BoxError, BoxFuture, Call, Caller, DynMachine, DynTurn, Failure, Meta, Sender};
use eventflow::port::Postmark;
use eventflow::{ConversationId, InstanceId, Json, ManualClock, MessageId, Number, SeededIds, Timestamp};
use eventflow_interpreter::{Acted, Asked, Behaviors, interpret};
use eventflow_tests::compiled::compile;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// User code for any machine here. It fails where it is told to.
#[derive(Clone, Copy)]
struct Code {
    panics_at: &'static str,
}

impl Code {
    fn at<T>(self, sentence: &str, answer: T) -> Result<T, BoxError> {
        assert!(self.panics_at != sentence, "{sentence} fell off the desk");
        Ok(answer)
    }
}

impl order::Behavior for Code {
    fn cart_is_valid(&self, _: order::View<'_>) -> Result<bool, BoxError> {
        self.at("cart_is_valid", true)
    }

    async fn send_confirmation_email_to(&self, _: order::View<'_>, _: &str) -> Result<(), BoxError> {
        yielded().await;
        self.at("send_confirmation_email_to", ())
    }
}

impl parcel::Behavior for Code {
    fn is_a_postcode(&self, _: &str) -> Result<bool, BoxError> {
        self.at("is_a_postcode", true)
    }

    fn scales_can_bear(&self, _: parcel::View<'_>, _: Number) -> Result<bool, BoxError> {
        self.at("scales_can_bear", true)
    }

    fn price_of(&self, _: parcel::View<'_>, weight: Number) -> Result<Number, BoxError> {
        self.at("price_of", weight)
    }

    fn parcel_summary(&self, _: parcel::View<'_>) -> Result<Json, BoxError> {
        self.at("parcel_summary", Json::Null)
    }
}

impl Behaviors for Code {
    fn guard<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<bool, BoxError>> {
        Box::pin(core::future::ready(self.at(asked.sentence, true)))
    }

    fn action<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Acted, BoxError>> {
        Box::pin(async move {
            yielded().await;
            self.at(asked.sentence, Acted { value: asked.arguments.first().cloned(), set: Vec::new() })
        })
    }

    fn transformer<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Json, BoxError>> {
        Box::pin(core::future::ready(self.at(asked.sentence, Json::Null)))
    }

    fn rule(&self, _: &str, sentence: &str, _: &[Json]) -> Result<bool, BoxError> {
        self.at(sentence, true)
    }
}

/// Is ready when it is polled again.
async fn yielded() {
    let mut polled = false;
    core::future::poll_fn(|context| {
        if polled {
            return Poll::Ready(());
        }
        polled = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// The actors outside: nobody in these tests hears anything.
struct Nobody;

impl order_system::payment::Port for Nobody {
    async fn get_quote(&self, _: order_system::payment::GetQuote, _: Postmark<'_>) -> Result<Number, BoxError> {
        Err("nobody is there".into())
    }

    async fn charge(&self, _: order_system::payment::Charge, _: Postmark<'_>) -> Result<(), BoxError> {
        Err("nobody is there".into())
    }
}

impl parcels::customer::Port for Nobody {
    async fn parcel_delivered(&self, _: parcels::customer::ParcelDelivered, _: Postmark<'_>) -> Result<(), BoxError> {
        Err("nobody is there".into())
    }
}

/// Whoever is called answers with a price.
impl Caller for Nobody {
    fn call<'a>(&'a mut self, _: Call<'a>) -> BoxFuture<'a, Result<Json, Failure>> {
        Box::pin(core::future::ready(Ok(Json::text("2.5"))))
    }
}

/// The first machine of a system, by both executors.
fn machines(system: &str, code: Code) -> [Arc<dyn DynMachine>; 2] {
    let (file, text, generated) = match system {
        "order" => (
            "order.flow",
            include_str!("../../../compiler/tests/golden/order/order.flow"),
            order_system::System { order: code, payment: Nobody }.into_parts(),
        ),
        "parcels" => (
            "system.flow",
            include_str!("../../../compiler/tests/golden/parcels/system.flow"),
            parcels::System { parcel: code, customer: Nobody }.into_parts(),
        ),
        other => unreachable!("no system is called {other}"),
    };
    let flow = compile(file, text).expect("the flow compiles");
    let interpretation = interpret(flow.resolved.system, &flow.resolved.origins, &flow.sources, Arc::new(code));
    [Arc::clone(&generated.machines[0]), Arc::clone(&interpretation.machines()[0])]
}

/// One turn of an instance that is in a state.
fn decide(machine: &dyn DynMachine, state: &str, handler: usize, data: &str) -> Result<(), Failure> {
    let context = r#"{"contact":"a@b.example","attempts":"1"}"#;
    let context = if machine.description().name == "order" { context } else { "{}" };
    let instance = machine.restore(state, &context.parse().expect("JSON")).expect("a state of the machine");
    let message = MessageId::from_bytes([0; 16]);
    let meta = Meta {
        instance: InstanceId::fresh("order", "one"),
        conversation: ConversationId::opened_by(message),
        sender: Sender::System,
        message,
        now: Timestamp::EPOCH,
    };
    let data: Json = data.parse().expect("JSON");
    let random = SeededIds::new(0, Arc::new(ManualClock::new(Timestamp::EPOCH)));
    let mut caller = Nobody;
    let turn = DynTurn {
        instance: &*instance,
        handler,
        data: &data,
        meta: &meta,
        fixed: None,
        random: &random,
        caller: &mut caller,
    };
    let mut deciding = pin!(machine.decide(turn));
    loop {
        if let Poll::Ready(outcome) = deciding.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return outcome.map(drop);
        }
    }
}

const CHECKOUT: (&str, usize, &str) = ("idle", 0, r#"{"email":"a@b.example","amount":"1"}"#);
const PAID: (&str, usize, &str) = ("awaiting_payment", 1, "{}");
const ANNOUNCE: (&str, usize, &str) = ("idle", 0, r#"{"postcode":"4000","weight":"1"}"#);

/// What both executors say of a sentence that panics; the same turn works if none does.
fn said(system: &str, panics_at: &'static str, (state, handler, data): (&str, usize, &str)) -> String {
    for machine in machines(system, Code { panics_at: "" }) {
        decide(&*machine, state, handler, data).expect("nothing panics");
    }
    let said = machines(system, Code { panics_at })
        .map(|machine| decide(&*machine, state, handler, data).expect_err("a sentence panics"));
    for failure in &said {
        assert!(matches!(failure, Failure::Panic { .. }), "{failure:?}");
    }
    let [generated, interpreted] = said.map(|failure| failure.to_string());
    assert_eq!(generated, interpreted);
    generated
}

#[test]
fn of_a_guard() {
    assert_eq!(
        said("parcels", "scales_can_bear", ANNOUNCE),
        "`scales can bear $weight` (system.flow:15) panicked: scales_can_bear fell off the desk"
    );
}

#[test]
fn of_a_guard_where_others_wait() {
    assert_eq!(
        said("order", "cart_is_valid", CHECKOUT),
        "`cart is valid` (order.flow:18) panicked: cart_is_valid fell off the desk"
    );
}

#[test]
fn of_an_action_that_does_not_wait() {
    assert_eq!(
        said("parcels", "price_of", ANNOUNCE),
        "`price of $weight` (system.flow:17) panicked: price_of fell off the desk"
    );
}

#[test]
fn of_an_action_that_waits() {
    assert_eq!(
        said("order", "send_confirmation_email_to", PAID),
        "`send confirmation email to $contact` (order.flow:38) panicked: send_confirmation_email_to fell off the desk"
    );
}

#[test]
fn of_a_transformer() {
    assert_eq!(
        said("parcels", "parcel_summary", ANNOUNCE),
        "`parcel_summary` (system.flow:20) panicked: parcel_summary fell off the desk"
    );
}

#[test]
fn of_a_rule() {
    let text = Json::text("4000");
    for machine in machines("parcels", Code { panics_at: "" }) {
        assert!(machine.keeps_rule(0, &text).expect("nothing panics"));
    }
    for machine in machines("parcels", Code { panics_at: "is_a_postcode" }) {
        let failure = machine.keeps_rule(0, &text).expect_err("the rule panics");
        let place = "`is a postcode` (system.flow:13)";
        assert_eq!(failure.to_string(), format!("{place} panicked: is_a_postcode fell off the desk"));
    }
}
