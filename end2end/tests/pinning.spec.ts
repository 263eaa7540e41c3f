// Whom to trust: one certificate, or an authority of one's own.
import { readFileSync } from "node:fs";
import { fingerprintAt } from "../support/certificates.ts";
import { connect, en, expect, expectAccessible, expectNoSidewaysScrolling, fill, ko, mailboxes, right, test, visit, Wizard } from "../support/test.ts";
import { Half } from "../support/wizard.ts";
import { Way } from "../support/way.ts";

for (const [what, port] of [["expired", "expired"], ["for another name", "otherName"], ["self-signed", "selfSigned"]] as const) {
  test(`a certificate that is ${what} is shown, compared and trusted`, async ({ page, admin, mail }) => {
    const draft = await admin.draft(mail.support.address);
    await visit(page, connect(draft));
    const half = new Wizard(page).incoming;
    await half.fill({ ...right(mail).imap, port: mail.wrong[port] });
    await half.checkButton.click();
    await expect(half.presented).toBeVisible({ timeout: 30_000 });
    const fingerprint = await fingerprintAt(mail.host, mail.wrong[port]);
    await expect(half.presented).toContainText(fingerprint);
    await expect(half.trust).toHaveValue("usual");
    const open = half.presented.locator("summary", { hasText: en.components.pin_open });
    await open.click();
    await expect(half.presented).toContainText(`-connect ${mail.host}:${mail.wrong[port]}`);
    await expect(half.presented).toContainText("-fingerprint -sha256");
    await expectAccessible(page);
    await expectNoSidewaysScrolling(page, 1280);
    await half.presented.getByRole("button", { name: en.components.pin_yes, exact: true }).click();
    await half.expectPassed();
    await half.unfold();
    await expect(half.trust).toHaveValue("certificate");
    await expect(half.pin).toHaveValue(fingerprint);

    // It stays with its port, and comes back with it.
    await half.port.fill("993");
    const left = fill(en.wizard.pin_left, { pin: `${fingerprint.slice(0, 11)}…`, place: `${mail.host}:${mail.wrong[port]}` });
    await expect(half.card).toContainText(left);
    await expect(half.trust).toHaveValue("usual");
    await half.port.fill(`${mail.wrong[port]}`);
    await expect(half.card).not.toContainText(left);
    await expect(half.trust).toHaveValue("certificate");
    await expect(half.pin).toHaveValue(fingerprint);
  });
}

test("a saved mailbox says whom it trusts, and a changed certificate is trusted anew from its edit page", async ({ page, admin, mail }) => {
  const way = await Way.to(mail.wrong.selfSigned);
  const draft = await admin.draft(mail.support.address);
  await visit(page, connect(draft));
  const wizard = new Wizard(page);
  const { imap, smtp } = right(mail);
  await wizard.fill({ imap: { ...imap, port: way.port }, smtp });
  await wizard.checkBoth.click();
  await wizard.incoming.expectFailed("The server vouches for itself");
  await wizard.incoming.trustCertificate();
  await wizard.expectPassed();
  await wizard.save.click();
  await wizard.expectSaved();
  const before = await fingerprintAt(mail.host, mail.wrong.selfSigned);
  await expect(page.getByRole("main")).toContainText(en.mailboxes.trusts_one);
  await expect(page.getByRole("main")).toContainText(before);
  await expectAccessible(page);

  // Another certificate in the same place.
  await way.turn(mail.wrong.expired);
  const after = await fingerprintAt(mail.host, mail.wrong.expired);
  await page.getByRole("button", { name: en.mailboxes.check_again }).click();
  const changed = "The server shows another certificate than the trusted one";
  const card = new Half(page, "incoming", en, en.mailboxes.incoming_server);
  await card.expectFailed(changed);
  await expect(card.presented).toContainText(en.components.pin_where);
  await expect(card.presented.getByRole("button", { name: en.components.pin_yes })).toHaveCount(0);

  await page.getByRole("button", { name: en.common.edit, exact: true }).click();
  await wizard.onToConnect();
  await wizard.incoming.expectFailed(changed);
  await wizard.incoming.presented.locator("summary", { hasText: en.components.pin_open }).click();
  for (const text of [en.components.pin_so_far, before, en.components.pin_now, after]) {
    await expect(wizard.incoming.presented).toContainText(text);
  }
  await expectAccessible(page);
  await wizard.incoming.presented.getByRole("button", { name: en.components.pin_yes, exact: true }).click();
  await wizard.incoming.expectPassed();
  await way.down();
});

test.describe("without the authority of these servers", () => {
  test.use({ settings: { POSTROOM_NETWORK__EXTRA_CA_FILES: "[]" } });

  test("an authority of one's own is uploaded, read and trusted", async ({ page, admin, mail }) => {
    const draft = await admin.draft(mail.support.address);
    await visit(page, connect(draft));
    const half = new Wizard(page).incoming;
    await half.fill(right(mail).imap);
    await half.checkButton.click();
    await half.expectFailed("Nobody Postroom trusts vouches for the server's certificate");
    await half.unfold();
    await half.trust.selectOption("authority");
    await half.checkButton.click();
    await expect(await half.errorOf(half.authority)).toContainText(en.errors.empty);
    await half.authority.fill("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----");
    await half.checkButton.click();
    await expect(await half.errorOf(half.authority)).toContainText(en.errors.private_key);

    const file = half.card.getByLabel(en.wizard.authority_file);
    await file.setInputFiles(mail.ca);
    await expect(half.authority).toHaveValue(/BEGIN CERTIFICATE/);
    await expect(half.card.getByRole("list", { name: en.wizard.authority_read }).getByRole("listitem")).toHaveCount(1);
    await expectAccessible(page);
    await expectNoSidewaysScrolling(page, 1280);
    await half.checkButton.click();
    await half.expectPassed();

    // The same as Windows exports it.
    const der = Buffer.from(readFileSync(mail.ca, "utf8").replace(/-----[^-]+-----|\s/g, ""), "base64");
    await half.authority.fill("");
    await file.setInputFiles({ name: "house.cer", mimeType: "application/pkix-cert", buffer: der });
    await expect(half.authority).toHaveValue(/^-----BEGIN CERTIFICATE-----\n/);
    await half.checkButton.click();
    await half.expectPassed();
  });
});

test("a relay trusts one certificate", async ({ page, admin: _, mail }) => {
  // The server for reading has the certificate; it is trusted all the same, and then speaks the wrong protocol.
  await visit(page, "/account/relay");
  const relay = new Half(page, "outgoing", en, en.relay.server);
  await relay.fill({ ...right(mail).smtp, port: mail.wrong.selfSigned });
  await page.getByRole("button", { name: en.relay.save_and_check }).click();
  await relay.expectFailed("The server vouches for itself");
  await relay.trustCertificate();
  await relay.expectFailed(/IMAP/);
  await page.reload();
  await relay.unfold();
  await expect(relay.trust).toHaveValue("certificate");
  await expect(relay.pin).toHaveValue(await fingerprintAt(mail.host, mail.wrong.selfSigned));
});

test("a certificate is trusted in Korean", async ({ page, admin, mail }) => {
  const draft = await admin.draft(mail.support.address);
  await visit(page, mailboxes());
  await page.locator("summary", { hasText: en.common.english }).click();
  await page.getByRole("button", { name: ko.common.korean }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "ko");
  await visit(page, connect(draft));
  const half = new Wizard(page, ko).incoming;
  await half.fill({ ...right(mail).imap, port: mail.wrong.selfSigned });
  await half.checkButton.click();
  await half.expectFailed("서버가 스스로 발급한 인증서를 쓰고 있습니다");
  await expect(half.presented).toContainText(ko.components.presented);
  await half.trustCertificate();
  await half.expectPassed();
});
