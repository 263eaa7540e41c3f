//! The part of a remedy that is written anew in every language.

/// Title, reason and steps, with the names filled in.
#[derive(Debug)]
pub(super) struct Words {
    pub title: String,
    pub why: String,
    pub steps: Vec<String>,
}

impl Words {
    /// The same words with more steps behind them.
    pub fn then(mut self, steps: impl IntoIterator<Item = String>) -> Self {
        self.steps.extend(steps);
        self
    }

    /// The same words with other steps before them.
    pub fn first(mut self, steps: impl IntoIterator<Item = String>) -> Self {
        self.steps.splice(0..0, steps);
        self
    }
}

/// `steps!["…{name}…", "…"]`: format strings that take their names from the surrounding scope.
macro_rules! steps {
    ($($step:literal),* $(,)?) => { vec![$(std::fmt::format(format_args!($step))),*] };
}

/// `words!("title"; "why"; "step", "step")`: format strings that take their names from the surrounding scope.
macro_rules! words {
    ($title:literal; $why:literal; $($step:literal),* $(,)?) => {
        $crate::remedy::words::Words {
            title: std::fmt::format(format_args!($title)),
            why: std::fmt::format(format_args!($why)),
            steps: $crate::remedy::words::steps![$($step),*],
        }
    };
}

pub(super) use {steps, words};
