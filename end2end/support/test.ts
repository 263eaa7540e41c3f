// `test` with what every spec needs. Import it instead of Playwright's own.
//
//   import { expect, expectAccessible, test } from "../support/test.ts";
//
//   test("a wrong password is shown with its remedy", async ({ page, postroom, mail }) => { … });
import { expect, test as base } from "@playwright/test";
import { expectAccessible } from "./accessible.ts";
import { type Mail, mailServers } from "./mail.ts";
import { Postroom } from "./postroom.ts";

interface Fixtures {
  /** A fresh program with its own data for each test; `page.goto("/")` goes to it. */
  postroom: Postroom;
  /** Environment variables for the program, set with `test.use({ settings: { … } })`. */
  settings: Record<string, string>;
  /** What the browser complained about. Checked after each test; a test that expects some empties it. */
  complaints: string[];
  mail: Mail;
}

export const test = base.extend<Fixtures>({
  settings: [{}, { option: true }],

  // The first argument must be written out, even when it takes nothing.
  mail: async ({}, use) => use(mailServers()),

  postroom: async ({ settings }, use, info) => {
    const postroom = await Postroom.start({ ...reachMailServers(), ...settings });
    await use(postroom);
    await postroom.remove();
    if (info.status !== info.expectedStatus) await info.attach("postroom.log", { body: postroom.log });
  },

  baseURL: async ({ postroom }, use) => use(postroom.address),

  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(`${error}`));
      page.on("console", (message) => {
        if (message.type() === "error") complaints.push(`${message.text()} (${message.location().url})`);
      });
      await use(complaints);
      expect(complaints, "errors in the browser's console").toEqual([]);
    },
    { auto: true },
  ],
});

/** The mail servers are on this machine, where Postroom would refuse to go, and their authority is nobody's. */
function reachMailServers(): Record<string, string> {
  if (!process.env["POSTROOM_MAIL_SERVERS"]) return {};
  return {
    POSTROOM_NETWORK__ALLOW_LOOPBACK: "true",
    POSTROOM_NETWORK__EXTRA_CA_FILES: JSON.stringify([mailServers().ca]),
  };
}

export { expect, expectAccessible, Postroom };
