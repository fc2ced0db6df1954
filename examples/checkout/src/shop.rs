//! What only code knows: prices and stock, cards, and how the customer is told.

use crate::flows::checkout::customer::{self, OrderCancelled, OrderFulfilled};
use crate::flows::{inventory, order, payment};
use eventflow::port::Postmark;
use eventflow::{ActionKey, BoxError, Number};
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Sends mail.
#[derive(Clone, Copy, Debug)]
pub struct Mail;

impl order::Behavior for Mail {
    async fn send_confirmation_of_boxes_to(
        &self,
        _view: order::View<'_>,
        quantity: i64,
        contact: &str,
    ) -> Result<(), BoxError> {
        println!("  mail to {contact}: your {quantity} boxes are on their way");
        Ok(())
    }
}

/// Charges cards. The limit of a card is 500.
///
/// An action is run again if its turn was not committed, so whoever charges a card must recognize an order that it has
/// carried out. A bank is sent the key of the call with each order and does that itself; this one keeps a list.
#[derive(Debug, Default)]
pub struct Cards {
    carried_out: Mutex<BTreeSet<ActionKey>>,
}

impl Cards {
    fn carry_out(&self, key: ActionKey, order: std::fmt::Arguments<'_>) {
        if self.carried_out.lock().unwrap_or_else(PoisonError::into_inner).insert(key) {
            println!("  {order}");
        }
    }
}

impl payment::Behavior for Cards {
    fn card_covers(&self, _view: payment::View<'_>, amount: Number) -> Result<bool, BoxError> {
        Ok(amount <= Number::from_integer(500))
    }

    async fn charge_to_the_card(&self, view: payment::View<'_>, amount: Number) -> Result<(), BoxError> {
        self.carry_out(view.call.key(), format_args!("the card is charged {amount}"));
        Ok(())
    }

    async fn pay_back_to_the_card(&self, view: payment::View<'_>, charged: Number) -> Result<(), BoxError> {
        self.carry_out(view.call.key(), format_args!("{charged} go back to the card"));
        Ok(())
    }
}

/// Keeps tea: twelve boxes of each kind.
#[derive(Clone, Copy, Debug)]
pub struct Warehouse;

impl inventory::Behavior for Warehouse {
    async fn list_price_of(&self, _view: inventory::View<'_>, tea: &str) -> Result<Number, BoxError> {
        match tea {
            "assam" => Ok("8.50".parse()?),
            "darjeeling" => Ok("12.25".parse()?),
            _ => Err(format!("we sell no `{tea}`").into()),
        }
    }

    fn warehouse_holds_boxes_of(&self, _view: inventory::View<'_>, boxes: i64, _tea: &str) -> Result<bool, BoxError> {
        Ok(boxes <= 12)
    }

    async fn set_boxes_of_aside(&self, _view: inventory::View<'_>, boxes: i64, tea: &str) -> Result<(), BoxError> {
        println!("  {boxes} boxes of {tea} are set aside");
        Ok(())
    }
}

/// The customer's telephone.
#[derive(Clone, Copy, Debug)]
pub struct Telephone;

impl customer::Port for Telephone {
    async fn order_fulfilled(&self, message: OrderFulfilled, _postmark: Postmark<'_>) -> Result<(), BoxError> {
        let total = message.total.map_or_else(String::new, |total| total.to_string());
        println!("  the customer hears: fulfilled, {total} in all");
        Ok(())
    }

    async fn order_cancelled(&self, message: OrderCancelled, _postmark: Postmark<'_>) -> Result<(), BoxError> {
        println!("  the customer hears: cancelled, {}", message.reason.unwrap_or_default());
        Ok(())
    }
}
