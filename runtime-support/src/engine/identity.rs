//! Ids and further names that a flow assigns.

use super::message::{Cause, Kind};
use super::stage::Stage;
use super::working::Working;
use crate::ids::InstanceId;
use crate::request::Refusal;
use crate::store::Name;

impl Stage<'_> {
    /// What the value of the identity variable means: the id of an instance that is being created, else a further name.
    pub(crate) async fn identify(
        &mut self,
        working: &mut Working,
        creates: bool,
        cause: &Cause,
        identity: Option<String>,
    ) -> Result<Vec<String>, Refusal> {
        let machine = working.id.machine().to_owned();
        let provisional = working.id.clone();
        let id = match identity {
            Some(text) => {
                InstanceId::parse(&machine, &text).map_err(|cause| Refusal::Malformed { why: cause.to_string() })?
            }
            None if creates && matches!(cause, Cause::Sent(Kind::Queued { .. })) => provisional.clone(),
            None => return Ok(Vec::new()),
        };
        let owner = self.owner_of(&machine, id.key()).await?;
        if creates {
            if owner.is_some() || self.exists(&id).await? {
                return Err(Refusal::Taken { id: id.to_string() });
            }
            if id != provisional {
                self.plan.rename(&provisional, &id);
                working.id = id;
            }
            return Ok(Vec::new());
        }
        match owner {
            Some(owner) if owner == working.id => return Ok(Vec::new()),
            Some(_) => return Err(Refusal::Taken { id: id.to_string() }),
            None if id == working.id => return Ok(Vec::new()),
            None if self.exists(&id).await? => return Err(Refusal::Taken { id: id.to_string() }),
            None => {}
        }
        let name = id.key().to_owned();
        self.plan.names.push(Name { instance: working.id.clone(), name: name.clone() });
        Ok(vec![name])
    }
}
