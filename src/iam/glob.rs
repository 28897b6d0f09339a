//! Wildcards as a sequence of tokens, and the three questions about them. Everything here takes at most time in proportion to the
//! product of the two lengths, whatever was written.

use super::work;

/// One piece of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// Exactly this character; also a `*` or `?` that is meant literally.
    Char(char),
    /// `?`: any one character.
    One,
    /// `?` within a part of an ARN: any one character but `:`.
    OneInPart,
    /// `*`: any run of characters, none included.
    Run,
    /// `*` within a part of an ARN: any run without `:`.
    RunInPart,
}

use Token::{Char, One, OneInPart, Run, RunInPart};

impl Token {
    fn is_run(self) -> bool {
        matches!(self, Run | RunInPart)
    }

    /// Whether this token takes every character that `other` can stand for.
    fn takes_all_of(self, other: Token) -> bool {
        match self {
            Run => true,
            RunInPart => !matches!(other, Char(':') | One | Run),
            One => !other.is_run(),
            OneInPart => matches!(other, OneInPart) || matches!(other, Char(c) if c != ':'),
            Char(c) => matches!(other, Char(d) if c == d),
        }
    }

    /// Whether there is a character for which both can stand.
    fn shares_with(self, other: Token) -> bool {
        match (self, other) {
            (Char(c), Char(d)) => c == d,
            (Char(':'), OneInPart | RunInPart) | (OneInPart | RunInPart, Char(':')) => false,
            _ => true,
        }
    }
}

/// The tokens of plain text, in which nothing is a wildcard.
pub(super) fn literal(text: &str) -> impl Iterator<Item = Token> {
    text.chars().map(Char)
}

/// The tokens of a pattern, in which `*` and `?` are wildcards.
pub(super) fn wild(pattern: &str) -> impl Iterator<Item = Token> {
    pattern.chars().map(|c| match c {
        '*' => Run,
        '?' => One,
        other => Char(other),
    })
}

/// Writes every run of wildcards in one way, single characters first and one `*` behind them, so that `*?` and `?*` are the same.
pub(super) fn tidy(tokens: impl IntoIterator<Item = Token>) -> Vec<Token> {
    let mut tidy = Vec::new();
    let mut run = None;
    for token in tokens {
        work::steps(1);
        match token {
            One | OneInPart => tidy.push(token),
            // The wider of two neighbouring runs takes whatever both take.
            Run => run = Some(Run),
            RunInPart => run = run.or(Some(RunInPart)),
            Char(_) => {
                tidy.extend(run.take());
                tidy.push(token);
            }
        }
    }
    tidy.extend(run);
    tidy
}

/// Keeps the wildcards of a `Resource` in their part of the ARN: "You can use wildcard characters within the individual segments of an
/// ARN … If the * wildcard is the last character of a resource ARN segment, it can expand to match beyond the colon boundaries". The
/// sixth part keeps its colons. An ARN with "fewer than the standard six fields" is completed with `*` in all that are missing;
/// but not one with a `*` that may stand for several of them.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
pub(super) fn confine(mut tokens: Vec<Token>) -> Vec<Token> {
    let mut colons = 0;
    let mut rest = tokens.iter_mut().peekable();
    while let Some(token) = rest.next() {
        let ends_its_part = rest.peek().is_none_or(|next| **next == Char(':'));
        match token {
            Char(':') => colons += 1,
            One => *token = OneInPart,
            Run if !ends_its_part => *token = RunInPart,
            _ => {}
        }
        if colons == 5 {
            break;
        }
    }
    if tokens.starts_with(&[Char('a'), Char('r'), Char('n'), Char(':')]) && !tokens.contains(&Run) {
        tokens.extend((colons..5).flat_map(|_| [Char(':'), Run]));
    }
    tokens
}

/// Leaves away the plain characters with which both start: most patterns differ there or hardly at all, and no table is needed.
fn unshared<'a>(a: &'a [Token], b: &'a [Token]) -> (&'a [Token], &'a [Token]) {
    let shared = a.iter().zip(b).take_while(|(one, other)| one == other && matches!(one, Char(_))).count();
    work::steps(shared + 1);
    let behind = |tokens: &'a [Token]| tokens.split_at_checked(shared).map_or(tokens, |(_, rest)| rest);
    (behind(a), behind(b))
}

/// Which positions of the other side can be reached: one row of the table.
struct Row(Vec<bool>);

impl Row {
    fn start(length: usize) -> Row {
        let mut reached = vec![false; length + 1];
        if let Some(first) = reached.first_mut() {
            *first = true;
        }
        Row(reached)
    }

    fn at(&self, position: usize) -> bool {
        self.0.get(position).copied().unwrap_or(false)
    }

    fn dead(&self) -> bool {
        !self.0.contains(&true)
    }

    fn complete(&self) -> bool {
        self.0.last().copied().unwrap_or(false)
    }
}

/// Does `pattern` take every text that `inner` takes? A run in `inner` is opaque: only a run in `pattern` takes it. So a yes is sure,
/// and a no may be a yes that only a cleverer proof would find.
pub(super) fn covers(pattern: &[Token], inner: &[Token]) -> bool {
    let (pattern, inner) = unshared(pattern, inner);
    let mut row = Row::start(inner.len());
    for token in pattern {
        work::steps(inner.len() + 1);
        let mut next = Vec::with_capacity(inner.len() + 1);
        let mut before = token.is_run() && row.at(0);
        next.push(before);
        for (position, symbol) in inner.iter().enumerate() {
            let here = if token.is_run() {
                row.at(position + 1) || (before && token.takes_all_of(*symbol))
            } else {
                row.at(position) && token.takes_all_of(*symbol)
            };
            next.push(here);
            before = here;
        }
        row = Row(next);
        if row.dead() {
            return false;
        }
    }
    row.complete()
}

/// Is there a text that both take? With plain text on one side: does the other take it?
pub(super) fn overlaps(a: &[Token], b: &[Token]) -> bool {
    let (a, b) = unshared(a, b);
    let mut row = Row::start(b.len());
    let mut tokens = a.iter().peekable();
    spread(&mut row, tokens.peek().copied(), b);
    while let Some(token) = tokens.next() {
        work::steps(b.len() + 1);
        let mut next = Vec::with_capacity(b.len() + 1);
        for position in 0..=b.len() {
            let skipped = token.is_run() && row.at(position);
            let taken_by_a_run = !token.is_run()
                && row.at(position)
                && b.get(position).is_some_and(|symbol| symbol.is_run() && symbol.shares_with(*token));
            let both_single = !token.is_run()
                && position.checked_sub(1).is_some_and(|before| {
                    row.at(before) && b.get(before).is_some_and(|symbol| !symbol.is_run() && symbol.shares_with(*token))
                });
            next.push(skipped || taken_by_a_run || both_single);
        }
        row = Row(next);
        spread(&mut row, tokens.peek().copied(), b);
        if row.dead() {
            return false;
        }
    }
    row.complete()
}

/// Moves on within a row: past a run of `b`, which may be empty, and past a single character of `b` that the run `standing` takes.
fn spread(row: &mut Row, standing: Option<&Token>, b: &[Token]) {
    let mut before = row.at(0);
    for (here, symbol) in row.0.iter_mut().skip(1).zip(b) {
        let passes = symbol.is_run() || standing.is_some_and(|token| token.is_run() && token.shares_with(*symbol));
        *here = *here || (before && passes);
        before = *here;
    }
}
