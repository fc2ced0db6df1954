//! `eventflow completions`: a script that completes the command in a shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::arguments;
use crate::exit::{Exit, Problem};
use crate::report;

/// The arguments.
#[derive(Debug, Args)]
#[command(after_help = "\
The script belongs where the shell looks for such scripts, or into its startup file.

Examples:
  eventflow completions bash > ~/.local/share/bash-completion/completions/eventflow
  eventflow completions zsh > ~/.zfunc/_eventflow
  eventflow completions fish > ~/.config/fish/completions/eventflow.fish
  eventflow completions powershell >> $PROFILE
  eventflow completions elvish >> ~/.config/elvish/rc.elv")]
pub(crate) struct Arguments {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Problem> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut arguments::Arguments::command(), "eventflow", &mut script);
    let script = String::from_utf8(script).expect("names, help and what stands around them are text");
    report::output(&script)?;
    Ok(Exit::Fine)
}
