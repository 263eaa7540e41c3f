// Waiting for WebAssembly. Pages work as plain HTML before it is there, so only tests of what it adds wait.
import { expect, type Page } from "@playwright/test";

/** Remembers which elements somebody listens to; the browser itself does not tell. */
export async function noticeListeners(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const heard = new WeakSet<EventTarget>();
    const listen = EventTarget.prototype.addEventListener;
    EventTarget.prototype.addEventListener = function (this: EventTarget | undefined, ...rest: Parameters<typeof listen>) {
      // Called as a bare function it means the window.
      heard.add(this ?? window);
      return listen.apply(this ?? window, rest);
    };
    Object.assign(window, { postroomHears: (element: Element) => heard.has(element) });
  });
}

/** Waits until every form that a page posts, or else every menu, is in the hands of WebAssembly. */
export async function live(page: Page): Promise<void> {
  await expect
    .poll(
      () =>
        page.evaluate(() => {
          const { postroomHears } = window as unknown as { postroomHears: (element: Element) => boolean };
          // Signing in and out are plain forms on purpose, and so is what shows codes by exactly the answer that made them.
          const names = ["sign_in", "sign_out", "enter_code", "begin_second_factor", "confirm_second_factor", "new_recovery_codes", "invite_person", "send_invitation_again"];
          const plain = names.map((name) => `:not([action="/api/${name}"])`).join("");
          const forms = document.querySelectorAll(`form[action^="/api/"]${plain}`);
          const wanted = forms.length > 0 ? forms : document.querySelectorAll("details.menu");
          return wanted.length > 0 && [...wanted].every(postroomHears);
        }),
      { message: "WebAssembly has not taken over the page", timeout: 20_000 },
    )
    .toBe(true);
}

/** Goes to a page and waits until it is live. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await live(page);
}
