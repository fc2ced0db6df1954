//! An instance as its records make it, and what a turn that is not yet committed adds.

use super::Inner;
use super::snapshot::{self, Snapshot};
use crate::dynamic::{Instance, Sender};
use crate::ids::{ConversationId, InstanceId, MessageId};
use crate::json::Json;
use crate::record::{Armed, Record, SentBy};
use crate::request::Refusal;
use crate::store::{Expected, Version};

/// An instance, with the records that are staged but not committed.
pub(crate) struct Working {
    pub(crate) id: InstanceId,
    /// The machine, by position.
    pub(crate) machine: usize,
    pub(crate) instance: Box<dyn Instance>,
    /// The conversation that its creation opened or joined; none before the first record.
    pub(crate) home: Option<ConversationId>,
    /// The timers that are pending.
    pub(crate) armed: Vec<Armed>,
    /// The answers that were promised and not given.
    pub(crate) promises: Vec<Promise>,
    /// The records that are staged.
    pub(crate) staged: Vec<Record>,
    base: Version,
}

/// An answer that was promised.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Promise {
    /// The event that will bring it.
    pub(crate) event: String,
    /// Who asked.
    pub(crate) to: Sender,
}

impl Working {
    pub(crate) fn fresh(engine: &Inner, machine: usize, id: InstanceId) -> Self {
        Self {
            id,
            machine,
            instance: engine.machines[machine].fresh(),
            home: None,
            armed: Vec::new(),
            promises: Vec::new(),
            staged: Vec::new(),
            base: Version::default(),
        }
    }

    /// The instance after its records, or after some of them; none: there is no such instance.
    pub(crate) async fn load(
        engine: &Inner,
        machine: usize,
        id: &InstanceId,
        up_to: Option<u64>,
    ) -> Result<Option<Self>, Refusal> {
        let mut loaded = engine.store.load(id, up_to).await.map_err(store_failed)?;
        if loaded.version.n == 0 {
            return Ok(None);
        }
        let mut working = Self::fresh(engine, machine, id.clone());
        if let Some(text) = &loaded.snapshot {
            match snapshot::read(engine, machine, text) {
                Some(snapshot) => working.restore(snapshot),
                None => loaded = engine.store.load(id, Some(u64::MAX)).await.map_err(store_failed)?,
            }
        }
        working.base = loaded.version;
        for text in &loaded.records {
            let record = Record::from_json(text).map_err(|cause| Refusal::Store(Box::new(cause)))?;
            working.fold(&record)?;
        }
        Ok(Some(working))
    }

    fn restore(&mut self, snapshot: Snapshot) {
        let Snapshot { instance, home, armed, promises } = snapshot;
        self.instance = instance;
        self.home = Some(home);
        self.armed = armed;
        self.promises = promises;
    }

    /// Takes in a record: decisions are folded and nothing is decided again.
    pub(crate) fn fold(&mut self, record: &Record) -> Result<(), Refusal> {
        let set: Option<Json> = record.set.as_deref().map(str::parse).transpose().map_err(store_failed)?;
        self.instance
            .apply(record.state.first().map(String::as_str), set.as_ref())
            .map_err(|mismatch| Refusal::Unreadable { id: self.id.clone(), seq: record.seq, mismatch })?;
        self.home.get_or_insert_with(|| record.conversation.clone());
        self.armed.retain(|timer| timer.id != record.message && !record.disarmed.contains(&timer.id));
        self.armed.extend(record.armed.iter().cloned());
        if let Some(event) = record.reply.as_ref().and_then(|reply| reply.promises.clone()) {
            self.promises.push(Promise { event, to: record.from.clone() });
        }
        for callback in record.emits.iter().filter(|emitted| emitted.way == SentBy::Callback) {
            if let Some(kept) = self.promises.iter().position(|promise| promise.event == callback.event) {
                self.promises.remove(kept);
            }
        }
        Ok(())
    }

    /// Adds the record of a turn that was decided on this instance.
    pub(crate) fn stage(&mut self, record: Record) -> Result<(), Refusal> {
        self.fold(&record)?;
        self.staged.push(record);
        Ok(())
    }

    /// The number of the next record.
    pub(crate) fn next_seq(&self) -> u64 {
        self.base.n + self.staged.len() as u64 + 1
    }

    /// How many records it has, staged ones aside.
    pub(crate) const fn committed(&self) -> u64 {
        self.base.n
    }

    /// Whether there is no record of it, staged ones aside.
    pub(crate) const fn is_new(&self) -> bool {
        self.base.n == 0
    }

    /// What a commit of the staged records expects to find.
    pub(crate) const fn expected(&self) -> Expected {
        if self.base.n == 0 { Expected::Absent } else { Expected::At(self.base) }
    }

    /// Whether a timer is pending.
    pub(crate) fn is_armed(&self, timer: MessageId) -> bool {
        self.armed.iter().any(|armed| armed.id == timer)
    }
}

impl Clone for Working {
    fn clone(&self) -> Self {
        Self {
            id: self.id.clone(),
            machine: self.machine,
            instance: self.instance.boxed_clone(),
            home: self.home.clone(),
            armed: self.armed.clone(),
            promises: self.promises.clone(),
            staged: self.staged.clone(),
            base: self.base,
        }
    }
}

/// A refusal for an error of the store, or of what it returned.
pub(crate) fn store_failed(error: impl core::error::Error + Send + Sync + 'static) -> Refusal {
    Refusal::Store(Box::new(error))
}
