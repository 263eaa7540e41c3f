// `test` with what every spec needs. Import it instead of Playwright's own.
//
//   import { expect, expectAccessible, test } from "../support/test.ts";
//
//   test("a wrong password is shown with its remedy", async ({ page, postroom, mail }) => { … });
import { expect, test as base } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScrolling } from "./accessible.ts";
import { ada, Admin, connect, mailboxes, right, signedIn } from "./admin.ts";
import { live, noticeListeners, visit } from "./live.ts";
import { type Mail, mailServers } from "./mail.ts";
import { Postroom } from "./postroom.ts";
import { Wizard } from "./wizard.ts";
import { en, fill, ko } from "./words.ts";

interface Fixtures {
  /** A fresh program with its own data for each test; `page.goto("/")` goes to it. */
  postroom: Postroom;
  /** Environment variables for the program, set with `test.use({ settings: { … } })`. */
  settings: Record<string, string>;
  /** What the browser complained about. Checked after each test; a test that expects some empties it. */
  complaints: string[];
  /** Server functions that this test expects to refuse, such as `sign_in`: Chromium complains of every answer above 399. */
  refusals: string[];
  mail: Mail;
  /** The first administrator, signed in in the browser of `page`. */
  admin: Admin;
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

  refusals: [[], { option: true }],

  admin: async ({ page, postroom }, use) => {
    const admin = new Admin(page.request, postroom);
    await admin.setUp();
    await use(admin);
  },

  page: async ({ page, javaScriptEnabled }, use) => {
    if (javaScriptEnabled !== false) await noticeListeners(page);
    await use(page);
  },

  complaints: [
    async ({ page, refusals, javaScriptEnabled }, use) => {
      const complaints: string[] = [];
      page.on("pageerror", (error) => complaints.push(`${error}`));
      page.on("console", (message) => {
        const { url } = message.location();
        // Leptos warns of values that a page reads but does not follow. Without JavaScript the only warning is
        // that what was loaded for it is not used.
        if (message.type() !== "error" && (message.type() !== "warning" || javaScriptEnabled === false)) return;
        // Microsoft's and Google's pages are not ours to judge.
        if (isElsewhere(url) || isRefusal(message.text(), url, refusals)) return;
        complaints.push(`${message.text().split("\n")[0]} (${url})`);
      });
      await use(complaints);
      expect(complaints, "errors in the browser's console").toEqual([]);
    },
    { auto: true },
  ],
});

/** True for pages of the providers: Postroom itself is reached without https here. */
function isElsewhere(url: string): boolean {
  return url.startsWith("https:");
}

/** True for the line that Chromium writes when a server function refuses, where the test expects that. */
function isRefusal(text: string, url: string, refusals: string[]): boolean {
  if (!/^Failed to load resource: the server responded with a status of 4\d\d /.test(text)) return false;
  return refusals.some((name) => new RegExp(`/api/${name}\\d*$`).test(url));
}

/** The mail servers are on this machine, where Postroom would refuse to go, and their authority is nobody's. */
function reachMailServers(): Record<string, string> {
  if (!process.env["POSTROOM_MAIL_SERVERS"]) return {};
  return {
    POSTROOM_NETWORK__ALLOW_LOOPBACK: "true",
    POSTROOM_NETWORK__EXTRA_CA_FILES: JSON.stringify([mailServers().ca]),
  };
}

export { ada, Admin, connect, signedIn, en, expect, expectAccessible, expectNoSidewaysScrolling, fill, ko, live, mailboxes, Postroom, right, visit, Wizard };
