// Whom to trust, without JavaScript.
import { readFileSync } from "node:fs";
import { fingerprintAt } from "../support/certificates.ts";
import { connect, en, expect, fill, right, test, Wizard } from "../support/test.ts";
import { Half } from "../support/wizard.ts";

test("a certificate is compared and trusted with one press, for its port alone", async ({ page, admin, mail }) => {
  const draft = await admin.draft(mail.support.address);
  await page.goto(connect(draft));
  const half = new Wizard(page).incoming;
  await half.fill({ ...right(mail).imap, port: mail.wrong.selfSigned });
  await half.checkButton.click();
  await half.expectFailed("The server vouches for itself");
  const fingerprint = await fingerprintAt(mail.host, mail.wrong.selfSigned);
  await expect(half.presented).toContainText(fingerprint);
  await half.trustCertificate();
  await half.expectPassed();
  await expect(half.trust).toHaveValue("certificate");
  await expect(half.pin).toHaveValue(fingerprint);

  // Another port has another certificate: nothing is trusted there, and the page says so.
  await half.port.fill(`${mail.wrong.expired}`);
  await half.checkButton.click();
  await half.expectFailed(/^The server's certificate expired/);
  const left = { pin: `${fingerprint.slice(0, 11)}…`, place: `${mail.host}:${mail.wrong.selfSigned}` };
  await expect(half.card).toContainText(fill(en.wizard.pin_left, left));
  await expect(half.trust).toHaveValue("usual");
});

test("a fingerprint that is typed is looked at, and a changed certificate is shown beside the trusted one", async ({ page, admin, mail }) => {
  const draft = await admin.draft(mail.support.address);
  await page.goto(connect(draft));
  const half = new Wizard(page).incoming;
  await half.fill({ ...right(mail).imap, port: mail.wrong.expired });
  await half.unfold();
  await half.trust.selectOption("certificate");
  await half.pin.fill("AB:CD");
  await half.checkButton.click();
  await expect(await half.errorOf(half.pin)).toContainText(en.errors.not_a_fingerprint);
  const other = await fingerprintAt(mail.host, mail.wrong.selfSigned);
  await half.pin.fill(other.replaceAll(":", "").toLowerCase());
  await half.checkButton.click();
  await half.expectFailed("The server shows another certificate than the trusted one");
  await half.presented.locator("summary", { hasText: en.components.pin_open }).click();
  await expect(half.presented).toContainText(other);
  await expect(half.presented).toContainText(await fingerprintAt(mail.host, mail.wrong.expired));
  await half.presented.getByRole("button", { name: en.components.pin_yes, exact: true }).click();
  await half.expectPassed();
});

test.describe("without the authority of these servers", () => {
  test.use({ settings: { POSTROOM_NETWORK__EXTRA_CA_FILES: "[]" } });

  test("an authority of one's own is pasted", async ({ page, admin, mail }) => {
    const draft = await admin.draft(mail.support.address);
    await page.goto(connect(draft));
    const half = new Wizard(page).incoming;
    await half.fill(right(mail).imap);
    await half.unfold();
    await half.trust.selectOption("authority");
    await half.authority.fill("-----BEGIN CERTIFICATE-----\nTUlJ\n-----END CERTIFICATE-----");
    await half.checkButton.click();
    await expect(half.card).toContainText(en.errors.not_a_certificate);
    await half.authority.fill(readFileSync(mail.ca, "utf8"));
    await half.checkButton.click();
    await half.expectPassed();
    await expect(half.card.getByRole("list", { name: en.wizard.authority_read }).getByRole("listitem")).toHaveCount(1);
  });
});

test("the relay trusts a certificate for its port alone and says when it does not follow", async ({ page, admin: _, mail }) => {
  await page.goto("/account/relay");
  const relay = new Half(page, "outgoing", en, en.relay.server);
  await relay.fill({ ...right(mail).smtp, port: mail.wrong.selfSigned });
  const check = page.getByRole("button", { name: en.relay.save_and_check });
  await check.click();
  await relay.expectFailed("The server vouches for itself");
  await relay.trustCertificate();
  await relay.expectFailed(/IMAP/);
  await relay.port.fill(`${mail.smtp.tls}`);
  await check.click();
  await expect(page.locator(".toast")).toHaveText(en.common.done_pin_left);
  await relay.expectPassed();
  await expect(relay.trust).toHaveValue("usual");
});
