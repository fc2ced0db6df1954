//! `eventflow man`: manual pages.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use crate::arguments;
use crate::exit::{Exit, Problem};
use crate::report;

/// The arguments.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  eventflow man check | man -l -                         reads the page of `eventflow check`
  eventflow man --out ~/.local/share/man/man1            installs all pages: `man eventflow-check`")]
pub(crate) struct Arguments {
    /// Print the page of this command; without one, that of `eventflow` itself.
    command: Option<String>,
    /// Print nothing, and write the pages of all commands into this folder.
    #[arg(long, value_name = "FOLDER", conflicts_with = "command")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Problem> {
    let pages = pages();
    if let Some(folder) = &arguments.out {
        return write(&pages, folder);
    }
    let name = match &arguments.command {
        Some(command) => format!("eventflow-{command}"),
        None => "eventflow".to_owned(),
    };
    let Some(page) = pages.iter().find(|page| page.name == name) else {
        let command = arguments.command.as_deref().unwrap_or_default();
        return Err(Problem::Usage(format!("there is no command `{command}`; `eventflow --help` lists them")));
    };
    report::output(&page.text)?;
    Ok(Exit::Fine)
}

fn write(pages: &[Page], folder: &Path) -> Result<Exit, Problem> {
    fs::create_dir_all(folder).map_err(|error| Problem::io("make", folder, error))?;
    for page in pages {
        let file = folder.join(format!("{}.1", page.name));
        fs::write(&file, &page.text).map_err(|error| Problem::io("write", &file, error))?;
    }
    report::note(&format!("wrote {} pages to `{}`", pages.len(), folder.display()))?;
    Ok(Exit::Fine)
}

/// One manual page.
struct Page {
    /// What it is called: `eventflow-check`.
    name: String,
    /// In the language of manual pages.
    text: String,
}

/// The page of `eventflow`, and one for each command.
fn pages() -> Vec<Page> {
    let mut whole = arguments::Arguments::command().disable_help_subcommand(true);
    whole.build();
    let commands = whole.get_subcommands().filter(|command| !command.is_hide_set());
    std::iter::once(&whole).chain(commands).map(page).collect()
}

fn page(command: &Command) -> Page {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let source = concat!("eventflow ", env!("CARGO_PKG_VERSION"));
    let closing = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let mut text = Vec::new();
    let man = Man::new(command.clone().after_help(None)).source(source).manual("EventFlow");
    man.render(&mut text).expect("memory can be written to");
    sections(&closing).to_writer(&mut text).expect("memory can be written to");
    Page { name, text: String::from_utf8(text).expect("names, help and what stands around them are text") }
}

/// What stands below the options in `--help`: a section for each paragraph that has a heading, with its lines as they are.
fn sections(closing: &str) -> Roff {
    let mut page = Roff::default();
    for paragraph in closing.split("\n\n").filter(|paragraph| !paragraph.is_empty()) {
        match paragraph.split_once(":\n") {
            Some((heading, lines)) => {
                page.control("SH", [heading.to_uppercase().as_str()]).control("nf", []);
                for line in lines.lines() {
                    page.text([roman(line)]);
                }
                page.control("fi", []);
            }
            None => drop(page.control("SH", ["NOTES"]).text([roman(paragraph)])),
        }
    }
    page
}
