//! libFuzzer for the target that `POSTROOM_FUZZ_TARGET` names; `cargo xtask fuzz` builds and starts it.

#![no_main]

use std::{env, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use postroom_fuzz::Target;

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = env::var("POSTROOM_FUZZ_TARGET").unwrap_or_default();
    postroom_fuzz::target(&name).unwrap_or_else(|| panic!("POSTROOM_FUZZ_TARGET names no target: {name:?}"))
});

fuzz_target!(|data: &[u8]| (TARGET.run)(data));
