//! The flows' own tests with the code of the shop behind them.

use crate::flows::checkout_tests::Stage;
use crate::shop::{Cards, Mail, Warehouse};
use eventflow::BoxError;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn the_shop_keeps_the_stories_of_its_flows() {
    Stage::played().with_order(|_| Mail).with_payment(|_| Cards::default()).with_inventory(|_| Warehouse).check_all();
}

#[test]
fn a_mail_server_that_is_down_is_found_out() {
    use crate::flows::order;

    /// It counts how often it is tried in vain.
    struct Down(Arc<AtomicUsize>);

    impl order::Behavior for Down {
        async fn send_confirmation_of_boxes_to(
            &self,
            _view: order::View<'_>,
            _quantity: i64,
            _contact: &str,
        ) -> Result<(), BoxError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Err("the mail server is down".into())
        }
    }

    let tried = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&tried);
    let stage = Stage::played().with_order(move |_| Down(Arc::clone(&counted)));
    let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| stage.check_all()));
    let said = checked.expect_err("a story needs the mail");
    let said = said.downcast_ref::<String>().expect("the report is text");
    assert!(said.contains("a customer buys tea"), "{said}");
    assert!(said.contains("failed: the mail server is down"), "{said}");
    // Where a test says itself what becomes of the mail, the server is not asked.
    assert!(!said.contains("without a confirmation nothing is fulfilled"), "{said}");
    assert!(tried.load(Ordering::Relaxed) > 0);
}
