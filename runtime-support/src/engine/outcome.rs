//! What is kept with a command: the answer that every retry of it gets.

use crate::codec::Encoder;
use crate::dynamic::Reply;
use crate::ids::{InstanceId, MessageId};
use crate::record::ReadError;
use crate::record::read::{Members, conversation, instance_of, text_of};
use crate::record::write::write_instance;
use crate::request::{Answer, Status};

/// What a command led to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome {
    /// A hash of the payload of a request, by which another body under the same key is known.
    pub(crate) body: Option<MessageId>,
    /// The answer.
    pub(crate) answer: Answer,
}

impl Outcome {
    pub(crate) fn to_json(&self) -> String {
        let Answer { request, instance, conversation, state, status, reply } = &self.answer;
        let mut encoder = Encoder::new();
        let mut out = encoder.object();
        out.text("id", &request.to_string());
        out.optional("body", &self.body.map(|body| body.to_string()));
        if let Some(instance) = instance {
            write_instance(out.begin_field("instance"), instance);
        }
        out.text("conv", conversation.as_str());
        out.optional("state", state);
        out.text("status", word(status));
        if let Status::Ignored { accepted } = status {
            out.field("accepted", accepted);
        }
        if let Some(Reply { status, phrase, body, promises }) = reply {
            let mut object = out.begin_field("reply").object();
            object.field("status", &i64::from(*status));
            object.optional("phrase", &phrase.as_deref());
            if let Some(body) = body {
                object.begin_field("body").raw(body);
            }
            object.optional("promises", &promises.as_deref());
            object.end();
        }
        out.end();
        encoder.finish()
    }

    pub(crate) fn from_json(text: &str) -> Result<Self, ReadError> {
        let members = Members::of(text)?;
        let word = members.text("status")?;
        let status = match word.as_str() {
            "created" => Status::Created,
            "handled" => Status::Handled,
            "queued" => Status::Queued,
            "ignored" => Status::Ignored { accepted: members.list("accepted", text_of)? },
            _ => return Err(ReadError::new(format!("`{word:.40}` is no outcome"))),
        };
        let body = if members.has("body") { Some(members.parsed_text("body")?) } else { None };
        let instance: Option<InstanceId> = members.optional("instance", instance_of)?;
        let (state, reply) = (members.optional("state", text_of)?, members.optional("reply", reply)?);
        let conversation = conversation(&members.text("conv")?)?;
        Ok(Self {
            body,
            answer: Answer { request: members.parsed_text("id")?, instance, conversation, state, status, reply },
        })
    }
}

const fn word(status: &Status) -> &'static str {
    match status {
        Status::Created => "created",
        Status::Handled => "handled",
        Status::Queued => "queued",
        Status::Ignored { .. } => "ignored",
    }
}

fn reply(raw: &str) -> Result<Reply, ReadError> {
    let members = Members::of(raw)?;
    Ok(Reply {
        status: members.parsed("status")?,
        phrase: members.optional("phrase", text_of)?.map(Into::into),
        body: members.optional("body", |raw| Ok(raw.to_owned()))?,
        promises: members.optional("promises", text_of)?.map(Into::into),
    })
}
