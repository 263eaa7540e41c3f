// Nothing that axe finds may stay, and nothing may stand beside the screen.
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/**
 * Fails with every violation of WCAG 2.2 A and AA and of axe's own best practices, with no exceptions.
 * It takes a browser with JavaScript, as axe waits for promises of the page; without it the same HTML comes.
 * Animations are finished first, and those without end are ended: a colour halfway between two others is no finding.
 */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const animation of document.getAnimations()) {
      if (animation.effect?.getComputedTiming().endTime === Infinity) animation.cancel();
      else animation.finish();
    }
  });
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `  ${node.target.join(" ")}\n  ${node.html}`).join("\n")}`,
  );
  expect(told, `accessibility of ${page.url()}`).toEqual([]);
}

/** Fails where a page is wider than the window it is in, or the window wider than the telephone. */
export async function expectNoSidewaysScrolling(page: Page, width = 390): Promise<void> {
  const { wide, window } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    window: document.documentElement.clientWidth,
  }));
  expect(wide, page.url()).toBeLessThanOrEqual(window);
  expect(window, page.url()).toBe(width);
}
