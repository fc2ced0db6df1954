//! Takes one customer from `:checkout` to `#fulfilled`, then shows what the store remembers of the order.
//!
//! `checkout [FILE]` keeps everything in an SQLite file, `checkout.db` unless another one is named. Run it again, and
//! the same request gets the same answer. With `ABORT_AFTER=3` it aborts after its third commit; run it once more, and it
//! goes on from there.

use checkout::flows::checkout::{Running, System};
use checkout::flows::order::{Checkout, State};
use checkout::{abort, shop};
use eventflow::engine::{Engine, Setup};
use eventflow::runtime::{Clock, block_on};
use eventflow::store::{self, Store};
use eventflow::{BoxError, InstanceId, SystemClock};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

fn main() -> Result<(), BoxError> {
    let file = std::env::args().nth(1).unwrap_or_else(|| "checkout.db".to_owned());
    let mut setup = Setup::new(opened(&file)?)?;
    // A process that died holds its messages no longer than this.
    setup.options.lease = Duration::from_secs(1);
    let shop = System {
        order: shop::Mail,
        payment: shop::Cards::default(),
        inventory: shop::Warehouse,
        customer: shop::Telephone,
    };
    block_on(buy(&shop.start(setup)))
}

fn opened(file: &str) -> Result<Arc<dyn Store>, BoxError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let inner = store::open(&format!("sqlite:{file}"), clock)?;
    Ok(match std::env::var("ABORT_AFTER") {
        Ok(commits) => Arc::new(abort::Aborting { inner, left: AtomicU64::new(commits.parse()?) }),
        Err(_) => inner,
    })
}

async fn buy(shop: &Running<Engine>) -> Result<(), BoxError> {
    println!("the customer checks out");
    let wish = Checkout { email: "ada@example.com".to_owned(), tea: "assam".to_owned(), boxes: 3 };
    // The key makes the request one request, however often this program is run on the file.
    let answer = shop.customer().checkout(wish).key("the-first-order").await?;
    let id = answer.instance.ok_or("the order was not created")?;
    println!("the answer is there: {} is in #{}", id, answer.state.unwrap_or_default());
    until_fulfilled(shop, &id).await?;
    history(shop, &id).await
}

/// Works on what is queued until the order has arrived. What a dead process had taken comes back when its lease ends.
async fn until_fulfilled(shop: &Running<Engine>, id: &InstanceId) -> Result<(), BoxError> {
    let patience = Instant::now() + Duration::from_secs(30);
    loop {
        shop.engine().run_until_idle().await?;
        let order = shop.order(id).await?;
        if order.state == State::Fulfilled {
            println!("the order is in #fulfilled");
            // The last message to the customer may still be held by a process that died.
            if shop.engine().run_until_idle().await? == 0 {
                return Ok(());
            }
        }
        if Instant::now() > patience {
            return Err(format!("the order is still in #{}", order.state.name()).into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

async fn history(shop: &Running<Engine>, id: &InstanceId) -> Result<(), BoxError> {
    println!("what the store remembers of {id}:");
    for record in shop.engine().history(id).await? {
        let state = record.state.last().map(|state| format!(" -> #{state}")).unwrap_or_default();
        println!("  {} {} :{}{state}", record.seq, record.at, record.event.trim_start_matches(':'));
        for emit in &record.emits {
            println!("      emits :{} {}", emit.event.trim_start_matches(':'), emit.data);
        }
        if let Some(set) = &record.set {
            println!("      sets {set}");
        }
    }
    Ok(())
}
