//! A dispatcher that notes what it is asked, and answers as it is told.

use super::*;
use crate::codec::Fields;
use core::task::{Context, Poll, Waker};
use std::sync::Mutex;

struct Desk {
    asked: Mutex<Vec<Request>>,
    reply: Option<Reply>,
}

impl Dispatcher for Desk {
    fn dispatch(&self, request: Request) -> BoxFuture<'_, Result<request::Answer, Refusal>> {
        self.asked.lock().expect("nothing panics while it is held").push(request);
        let answer = request::Answer {
            request: MessageId::from_bytes([1; 16]),
            instance: Some(InstanceId::parse("order", "A-17").expect("an id")),
            conversation: ConversationId::parse("c1").expect("an id"),
            state: Some("open".to_owned()),
            status: Status::Created,
            reply: self.reply.clone(),
        };
        Box::pin(core::future::ready(Ok(answer)))
    }
}

#[derive(Debug, PartialEq)]
struct Total(i64);

impl FromReply for Total {
    fn from_reply(event: &str, reply: &Reply, body: &Json) -> Result<Self, Mismatch> {
        if event == "checkout" && is_reply(reply, 201, Some("created"), None) {
            return Fields::of(body)?.get("total").map(Total);
        }
        Err(Mismatch::new("a reply of this flow", body))
    }
}

fn now<T>(pending: impl IntoFuture<Output = T>) -> T {
    let mut future = Box::pin(pending.into_future());
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing waits here"),
    }
}

fn created(body: &str) -> Reply {
    Reply { status: 201, phrase: Some(Text::Borrowed("created")), body: Some(body.to_owned()), promises: None }
}

#[test]
fn everything_that_is_said_about_a_request_arrives() {
    let desk = Desk { asked: Mutex::default(), reply: Some(created(r#"{"total":7}"#)) };
    let conversation = ConversationId::parse("c9").expect("an id");
    let pending = Pending::<Total>::new(&desk, "order", "checkout", r#"{"a":1}"#.to_owned())
        .from_actor("customer")
        .subject("alice")
        .to("A-17")
        .conversation(&conversation)
        .key("k1");
    let answer = now(pending).expect("it is served");
    let untyped = now(Pending::<Total>::new(&desk, "order", "checkout", "{}".to_owned()).dispatch());
    assert_eq!(untyped.expect("it is served").reply, desk.reply);
    assert_eq!(answer.reply, Some(Total(7)));
    assert_eq!(answer.status, Status::Created);
    assert_eq!(answer.state.as_deref(), Some("open"));
    let asked = desk.asked.into_inner().expect("nothing panicked");
    let wanted = Request {
        machine: Text::Borrowed("order"),
        event: Text::Borrowed("checkout"),
        actor: Some(Text::Borrowed("customer")),
        subject: Some("alice".to_owned()),
        to: Some("A-17".to_owned()),
        conversation: Some(conversation),
        key: Some("k1".to_owned()),
        data: r#"{"a":1}"#.to_owned(),
    };
    assert_eq!(asked[..1], [wanted]);
}

#[test]
fn nothing_is_sent_before_it_is_awaited() {
    let desk = Desk { asked: Mutex::default(), reply: None };
    let pending = Pending::<Total>::new(&desk, "order", "cancel", "{}".to_owned());
    let request = pending.into_request();
    assert_eq!((request.actor, request.to, request.key), (None, None, None));
    assert_eq!(desk.asked.into_inner().expect("nothing panicked"), []);
}

#[test]
fn a_reply_that_the_flow_does_not_have_is_an_error() {
    for body in [r#"{"total":"seven"}"#, "{", "null"] {
        let desk = Desk { asked: Mutex::default(), reply: Some(created(body)) };
        let refusal = now(Pending::<Total>::new(&desk, "order", "checkout", "{}".to_owned())).expect_err("no total");
        let never = now(Pending::<crate::Never>::new(&desk, "order", "checkout", "{}".to_owned()));
        assert!(never.is_err());
        assert!(matches!(refusal, Refusal::Failed(crate::dynamic::Failure::Mismatch(_))), "{refusal}");
    }
}

#[test]
fn a_request_does_not_show_its_payload() {
    let desk = Desk { asked: Mutex::default(), reply: None };
    let pending = Pending::<Total>::new(&desk, "order", "pay", r#"{"card":"4111"}"#.to_owned());
    let shown = format!("{pending:?}");
    assert!(shown.contains("pay") && !shown.contains("4111"), "{shown}");
}
