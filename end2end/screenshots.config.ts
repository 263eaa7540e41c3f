// The pictures of the README. `cargo xtask screenshots` runs it.
import { defineConfig } from "@playwright/test";
import { desktop } from "./support/browsers.ts";

export default defineConfig({
  testDir: "screenshots",
  outputDir: "test-results",
  workers: 1,
  timeout: 120_000,
  reporter: [["list"]],
  projects: [{ name: "pictures", use: { ...desktop, viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1.5 } }],
});
