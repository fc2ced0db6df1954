//! From the IR to Rust: a machine of every common construct, built by hand, is generated and compared.

use eventflowc::diagnostic::Diagnostics;
use eventflowc::ir::*;
use eventflowc::plan::{self, Options};
use eventflowc::render;
use eventflowc::source::{FileId, Sources, Span};

/// Builds an IR whose places are lines of one text.
struct Builder {
    file: FileId,
    text: String,
    origins: Origins,
}

impl Builder {
    fn at(&mut self, line: &str) -> OriginId {
        let start = self.text.len();
        self.text.push_str(line);
        self.text.push('\n');
        self.origins.add(Span::new(self.file, start, start + line.len()), line.trim())
    }

    fn does(&mut self, line: &str, kind: StatementKind) -> Statement {
        Statement { origin: self.at(line), kind }
    }

    fn field(&mut self, line: &str, name: &str, ty: Type) -> Field {
        Field { name: name.to_owned(), origin: self.at(line), ty, required: true, secret: false }
    }
}

fn number(text: &str) -> Expression {
    Expression { ty: Type::Number, kind: ExpressionKind::Number(text.to_owned()) }
}

fn context(index: usize, ty: Type) -> Expression {
    Expression { ty, kind: ExpressionKind::Context(VariableId::at(index)) }
}

fn payload(index: usize, ty: Type) -> Expression {
    Expression { ty, kind: ExpressionKind::Payload(FieldId::at(index)) }
}

fn given(name: &str, value: Expression) -> PayloadField {
    PayloadField { name: name.to_owned(), required: true, value }
}

fn variable(origin: OriginId, name: &str, ty: Type) -> Variable {
    Variable { name: name.to_owned(), origin, ty, set_by: SetBy::Statements, secret: false }
}

fn event(origin: OriginId, name: &str, fields: Vec<Field>) -> Event {
    Event { name: name.to_owned(), origin, fields, reserved: None, external: true, scheduled: false }
}

fn handler(origin: OriginId, event: usize, from: Option<Party>, body: Block) -> Handler {
    Handler {
        origin,
        event: EventId::at(event),
        from,
        api: true,
        queued: false,
        fixed: Vec::new(),
        acceptance: None,
        priority: None,
        creates: event == 0,
        scenario: ScenarioId::at(0),
        intended: Vec::new(),
        checks: Vec::new(),
        returns: None,
        body,
    }
}

fn in_state(state: usize) -> Condition {
    Condition::InState { states: vec![StateId::at(state)], negated: false }
}

/// An order: a guard, an action, a call, emits, a timer, replies, arithmetic on what may be unset.
fn order() -> (System, Origins, Sources) {
    let mut sources = Sources::new();
    let file = FileId::from_index(0);
    let mut b = Builder { file, text: String::new(), origins: Origins::default() };
    let machine_line = b.at("machine: @order");
    let checkout = b.at("  on :checkout from @customer (api) with:");
    let fields = vec![
        b.field("    | email | string | required |", "email", Type::String),
        b.field("    | amount | number | required, greater than 0 |", "amount", Type::Number),
    ];
    let valid = b.at("    ? cart is valid");
    let email = b.at("      $email becomes $email");
    let attempts = b.at("      $attempts increases by 1");
    let fee = b.at("      $fee becomes emit :get_quote to @payment with $amount");
    let total = b.at("      $total becomes $amount + $fee");
    let sum = Expression {
        ty: Type::Number,
        kind: ExpressionKind::Binary(
            BinaryOperator::Add,
            Box::new(payload(1, Type::Number)),
            Box::new(context(2, Type::Number)),
        ),
    };
    let charge = b.at("      emit :charge to @payment with amount: $total");
    let fifteen = Expression {
        ty: Type::Duration,
        kind: ExpressionKind::Duration { amount: Box::new(number("15")), unit: TimeUnit::Minute },
    };
    let to_payment = |event| Target::Machine { machine: MachineId::at(0), event };
    let assign = |variable: usize, value: Expression| StatementKind::Assign {
        variable: VariableId::at(variable),
        value: Assigned::Expression(value),
    };
    let emit = |message: usize, way: Way, target: Target, payload: Vec<PayloadField>| Emit {
        message: MessageId::at(message),
        way,
        target,
        payload,
        checks: Vec::new(),
    };
    let call = emit(0, Way::Call, to_payment(None), vec![given("amount", payload(1, Type::Number))]);
    let id = Expression { ty: Type::String, kind: ExpressionKind::InstanceId };
    let state = || Expression { ty: Type::String, kind: ExpressionKind::CurrentState };
    let reply = |status: u16, fields: Vec<PayloadField>| {
        StatementKind::Reply(Reply { status, phrase: None, body: ReplyBody::Fields { response: None, fields } })
    };
    let told = vec![
        Statement { origin: email, kind: assign(0, payload(0, Type::String)) },
        Statement { origin: attempts, kind: StatementKind::Increase { variable: VariableId::at(1), by: number("1") } },
        Statement {
            origin: fee,
            kind: StatementKind::Assign { variable: VariableId::at(2), value: Assigned::Call(call) },
        },
        Statement { origin: total, kind: assign(3, sum) },
        Statement {
            origin: charge,
            kind: StatementKind::Emit(emit(
                1,
                Way::Bare,
                to_payment(None),
                vec![given("amount", context(3, Type::Number))],
            )),
        },
        b.does(
            "      schedule :payment_overdue for 15 minutes",
            StatementKind::Schedule { event: EventId::at(2), after: fifteen, replace: false },
        ),
        b.does("      order moves to #awaiting_payment", StatementKind::Transition(StateId::at(1))),
        b.does(
            "      reply 201 with:",
            reply(201, vec![given("id", id), given("status", state()), given("total", context(3, Type::Number))]),
        ),
    ];
    let otherwise = b.at("    otherwise");
    let text = |text: &str| Expression { ty: Type::String, kind: ExpressionKind::Text(text.to_owned()) };
    let refused = vec![b.does("      reply 422 with:", reply(422, vec![given("error", text("cart is not valid"))]))];
    let guard = Condition::Sentence { sentence: SentenceId::at(0), arguments: Vec::new() };
    let first = Statement {
        origin: valid,
        kind: StatementKind::Branch(vec![
            Arm { origin: valid, condition: Some(guard), body: told },
            Arm { origin: otherwise, condition: None, body: refused },
        ]),
    };
    let paid = b.at("  on :payment_succeeded from @payment");
    let waiting = b.at("    ? order is in #awaiting_payment");
    let few = b.at("      ? $attempts is less than 3");
    let again = Condition::Compare { operator: Comparison::Less, left: context(1, Type::Number), right: number("3") };
    let mail = b.at("        send confirmation email to $email");
    let inner = vec![
        b.does("      cancel :payment_overdue", StatementKind::Cancel(EventId::at(2))),
        Statement {
            origin: few,
            kind: StatementKind::Branch(vec![Arm {
                origin: few,
                condition: Some(again),
                body: vec![Statement {
                    origin: mail,
                    kind: StatementKind::Act { sentence: SentenceId::at(1), arguments: vec![context(0, Type::String)] },
                }],
            }]),
        },
        b.does("      order moves to #paid", StatementKind::Transition(StateId::at(2))),
    ];
    let second = Statement {
        origin: waiting,
        kind: StatementKind::Branch(vec![Arm { origin: waiting, condition: Some(in_state(1)), body: inner }]),
    };
    let overdue = b.at("  on :payment_overdue");
    let body = vec![b.does("    order moves to #cancelled", StatementKind::Transition(StateId::at(3)))];
    let states = ["idle", "awaiting_payment", "paid", "cancelled"].map(|name| State {
        name: name.to_owned(),
        origin: machine_line,
        declared: true,
        kind: (name == "cancelled").then_some(StateKind::Terminal),
        outcome: (name == "cancelled").then_some(Outcome::Failure),
        description: None,
    });
    let amount = Field { origin: charge, ..fields[1].clone() };
    let said = Field { name: "amount".to_owned(), origin: charge, ..fields[1].clone() };
    let message = |event: &str, origin, answer| Message {
        event: event.to_owned(),
        target: to_payment(None),
        origin,
        fields: vec![said.clone()],
        answer,
    };
    let sentence = |kind, name: &str, text: &str, origin, parameters: Vec<Parameter>, asynchronous| Sentence {
        kind,
        name: name.to_owned(),
        text: text.to_owned(),
        parameters,
        returns: None,
        asynchronous,
        origins: vec![origin],
    };
    let machine = Machine {
        name: "order".to_owned(),
        origin: machine_line,
        closed: true,
        states: states.into(),
        initial: StateId::at(0),
        variables: vec![
            variable(email, "email", Type::String),
            variable(attempts, "attempts", Type::Number),
            variable(fee, "fee", Type::Number),
            variable(total, "total", Type::Number),
        ],
        identity: None,
        events: vec![
            event(checkout, "checkout", fields),
            event(paid, "payment_succeeded", Vec::new()),
            event(overdue, "payment_overdue", Vec::new()),
        ],
        handlers: vec![
            handler(checkout, 0, Some(Party::Actor(ActorId::at(0))), vec![first]),
            handler(paid, 1, Some(Party::Actor(ActorId::at(0))), vec![second]),
            handler(overdue, 2, None, body),
        ],
        messages: vec![message("get_quote", fee, Some(Type::Number)), message("charge", charge, None)],
        sentences: vec![
            sentence(SentenceKind::Guard, "cart_is_valid", "cart is valid", valid, Vec::new(), false),
            sentence(
                SentenceKind::Action,
                "send_confirmation_email_to",
                "send confirmation email to $email",
                mail,
                vec![Parameter { name: "email".to_owned(), ty: Type::String }],
                true,
            ),
        ],
        scenarios: Vec::new(),
        queue: Queue::default(),
    };
    let hears = vec![PortMessage { name: "order_paid".to_owned(), origin: paid, fields: vec![amount], answer: None }];
    let system = System {
        version: VERSION,
        name: "order".to_owned(),
        title: "order".to_owned(),
        machines: vec![machine],
        actors: vec![Actor { name: "customer".to_owned(), origin: checkout, hears }],
        records: Vec::new(),
    };
    sources.add("flows/order.flow", b.text);
    (system, b.origins, sources)
}

fn generated() -> String {
    let (system, origins, sources) = order();
    let mut diagnostics = Diagnostics::new();
    let options = Options { generator: "eventflowc".to_owned(), root: "flows/order.flow".to_owned() };
    let plan = plan::plan(&system, &origins, &sources, &options, &mut diagnostics).expect("the names do not collide");
    let modules = render::render(&plan, &mut diagnostics).expect("what is generated is Rust");
    modules[0].text.clone()
}

#[test]
fn an_order_is_generated_as_it_should_be() {
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/order.rs");
    let text = generated();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(golden, &text).expect("the golden file can be written");
    }
    let expected = std::fs::read_to_string(golden).expect("the golden file is there");
    assert!(text == expected, "run the test again with UPDATE_GOLDEN=1 and read the difference:\n{text}");
    assert!(!text.contains("allow("));
}
