//! A certificate from a file of the reader's, read in the browser.

use leptos::prelude::*;

/// Hands over the PEM text of the file that is chosen, also where the file is DER, as Windows writes it.
///
/// The field is hidden until it can work: without WASM the text is pasted.
#[component]
pub fn PemFile(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] id: String,
    #[prop(into)] on_text: Callback<String>,
) -> impl IntoView {
    let (live, set_live) = signal(false);
    Effect::new(move |_| set_live.set(true));
    view! {
        <div class="field" hidden=move || !live.get()>
            <label for=id.clone()>{move || label.get()}</label>
            <input
                class="input"
                type="file"
                id=id
                accept=".pem,.crt,.cer,.der,application/x-pem-file,application/pkix-cert"
                on:change=move |event| reading::read(&event, on_text)
            />
        </div>
    }
}

#[cfg(feature = "hydrate")]
mod reading {
    use leptos::prelude::*;
    use postroom_server::model::trust::MAX_AUTHORITY_CHARACTERS;
    use wasm_bindgen::{JsValue, closure::Closure};

    /// The first byte of a certificate in DER: a sequence.
    const DER: u8 = 0x30;
    const CHARACTERS_IN_LINE: usize = 64;

    /// Reads the file that was chosen. What is too long is handed over cut, and the form says that it is too long.
    pub fn read(event: &web_sys::Event, on_text: Callback<String>) {
        let input: web_sys::HtmlInputElement = event_target(event);
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        let longest = i32::try_from(MAX_AUTHORITY_CHARACTERS.saturating_add(1)).unwrap_or(i32::MAX);
        let Ok(beginning) = file.slice_with_i32_and_i32(0, longest) else { return };
        let done = Closure::once(move |buffer: JsValue| {
            on_text.run(pem(&js_sys::Uint8Array::new(&buffer).to_vec()));
        });
        // A file that cannot be read any more leaves the field as it was.
        let _ = beginning.array_buffer().then(&done);
        done.forget();
    }

    fn pem(bytes: &[u8]) -> String {
        if bytes.first() != Some(&DER) {
            return String::from_utf8_lossy(bytes).into_owned();
        }
        let latin: String = bytes.iter().map(|&byte| char::from(byte)).collect();
        let encoded = window().btoa(&latin).unwrap_or_default();
        let lines: Vec<&str> =
            encoded.as_bytes().chunks(CHARACTERS_IN_LINE).filter_map(|line| std::str::from_utf8(line).ok()).collect();
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
    }
}

#[cfg(not(feature = "hydrate"))]
mod reading {
    use leptos::prelude::*;

    pub const fn read<E>(_event: &E, _on_text: Callback<String>) {}
}
