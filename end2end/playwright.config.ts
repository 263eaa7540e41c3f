// The program in a browser, against real mail servers. `cargo xtask test --only e2e` runs it.
import { defineConfig } from "@playwright/test";
import { desktop, noJavaScript, phone } from "./support/browsers.ts";

const report = process.env["POSTROOM_END2END_REPORT"];

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  // Each worker runs a program of its own; more of them only wait for each other on small machines.
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: report ? [["list"], ["json", { outputFile: report }]] : [["list"]],
  use: { trace: "off", video: "off", screenshot: "only-on-failure" },
  // A file belongs to the phone or to the browser without JavaScript by its name, else to the desktop.
  projects: [
    { name: "desktop", use: desktop, testIgnore: [/\.phone\.spec\.ts$/, /\.nojs\.spec\.ts$/] },
    { name: "phone", use: phone, testMatch: [/\.phone\.spec\.ts$/, /\.everywhere\.spec\.ts$/] },
    { name: "nojs", use: noJavaScript, testMatch: [/\.nojs\.spec\.ts$/, /\.everywhere\.spec\.ts$/] },
  ],
});
