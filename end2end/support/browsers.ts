// The browsers that the tests use: Debian's Chromium, in three shapes.
import type { PlaywrightTestOptions, PlaywrightWorkerOptions } from "@playwright/test";

type Use = Partial<PlaywrightTestOptions & PlaywrightWorkerOptions>;

const chromium: Use = {
  browserName: "chromium",
  locale: "en-US",
  timezoneId: "Europe/Berlin",
  launchOptions: {
    executablePath: process.env["POSTROOM_CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      // As root, and inside containers, Chromium does not start with its sandbox.
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  },
};

export const desktop: Use = { ...chromium, viewport: { width: 1280, height: 800 } };

/** The size and the touch screen of a phone. */
export const phone: Use = {
  ...chromium,
  viewport: { width: 412, height: 839 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

export const noJavaScript: Use = { ...desktop, javaScriptEnabled: false };
