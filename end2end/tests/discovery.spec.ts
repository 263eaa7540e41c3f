// The wizard finds servers from the address: who is believed, what is said of it, and that nothing typed is lost.
import { Found, test } from "../support/discovery.ts";
import { connect, en, expect, expectAccessible, fill, ko, mailboxes, visit, Wizard } from "../support/test.ts";

const { discovery } = en;

/** From the details, typed, to the choice of a server. */
async function toServer(wizard: Wizard, address: string): Promise<void> {
  await wizard.address.fill(address);
  await wizard.name.fill("IT help");
  await wizard.next.click();
  await expect(wizard.page).toHaveURL(/\/server$/);
}

/** From there to the page where servers are typed in. */
async function onToConnect(wizard: Wizard, words = en): Promise<void> {
  await wizard.page.getByLabel(words.wizard.kind_custom, { exact: true }).check();
  await wizard.next.click();
  await wizard.expectConnect();
}

test("the address and the password are all that is typed", async ({ page, admin: _, mail }) => {
  await visit(page, `${mailboxes()}/new`);
  const [wizard, found] = [new Wizard(page), new Found(page)];
  await wizard.address.fill(mail.support.address);
  // Leaving the field is what begins the search; the rest is typed meanwhile.
  await wizard.name.fill("IT help");
  const headline = fill(discovery.headline_provider, { domain: mail.domain, provider: "Office Mail" });
  await expect(found.headline).toHaveText(headline);
  await expect(wizard.name).toHaveValue("IT help");
  await found.unfold();
  await expect(found.source(discovery.source_table)).toContainText(discovery.state_found);
  await expect(found.source(discovery.source_mx)).toContainText(discovery.state_not_needed);
  await expectAccessible(page);
  await wizard.next.click();

  await expect(page).toHaveURL(/\/server$/);
  await expect(found.headline).toHaveText(headline);
  await expect(found.choices.first()).toHaveText(en.wizard.kind_custom);
  await expect(page.getByText(fill(discovery.recommended, { why: discovery.why_servers }))).toBeVisible();
  await expectAccessible(page);
  await onToConnect(wizard);

  const host = `mail.${mail.domain}`;
  for (const [half, port] of [[wizard.incoming, mail.imap.tls], [wizard.outgoing, mail.smtp.tls]] as const) {
    await expect(half.host).toHaveValue(host);
    await expect(half.port).toHaveValue(`${port}`);
    await expect(half.email).toHaveValue(mail.support.address);
    await expect(half.card.locator(".origin")).toContainText(discovery.from_table);
    await expect(half.card.locator(".origin .badge")).toHaveText(discovery.certain);
    await half.password.fill(mail.support.password);
  }
  const first = found.notice(fill(discovery.needs_title, { provider: "Office Mail" }));
  await expect(first).toContainText(discovery.need_imap_off);
  await expect(first.getByRole("link")).toHaveAttribute("href", "https://office.example/settings");
  await expectAccessible(page);
  await wizard.checkBoth.click();
  await wizard.expectPassed();
  await wizard.save.click();
  await wizard.expectSaved();
});

test("SRV records fill in the servers, and what is edited is nobody's word any more", async ({ page, admin: _ }) => {
  await visit(page, `${mailboxes()}/new`);
  const [wizard, found] = [new Wizard(page), new Found(page)];
  await toServer(wizard, "desk@records.example");
  const servers = "mail.records.example, smtp.records.example";
  await expect(found.headline).toHaveText(fill(discovery.headline_servers, { domain: "records.example", servers }));
  await onToConnect(wizard);
  const { incoming, outgoing } = wizard;
  await expect(incoming.host).toHaveValue("mail.records.example");
  await expect(incoming.port).toHaveValue("1993");
  await expect(outgoing.port).toHaveValue("587");
  await expect(outgoing.card).toContainText(en.wizard.tls_starttls);
  const told = fill(discovery.from_srv, { domain: "records.example" });
  await expect(incoming.card.locator(".origin")).toContainText(told);
  await expect(incoming.card.locator(".origin .badge")).toHaveText(discovery.likely);

  // What is typed stays, and what was found is offered.
  await incoming.port.fill("993");
  await expect(incoming.card.locator(".origin")).toBeHidden();
  const use = incoming.card.getByRole("button", { name: fill(discovery.other_use, { host: "mail.records.example" }) });
  await expect(use).toBeVisible();
  await use.click();
  await expect(incoming.port).toHaveValue("1993");
  await expect(use).toBeHidden();
  await expectAccessible(page);
});

for (const [domain, kind, host] of [
  ["google.example", "kind_google", "aspmx.l.google.com"],
  ["microsoft.example", "kind_microsoft", "microsoft-example.mail.protection.outlook.com"],
] as const) {
  test(`the MX record of ${domain} recommends signing in, and nobody has chosen it`, async ({ page, admin: _ }) => {
    await visit(page, `${mailboxes()}/new`);
    const [wizard, found] = [new Wizard(page), new Found(page)];
    await toServer(wizard, `desk@${domain}`);
    const why = fill(discovery.because_mx, { domain, host });
    await expect(page.getByText(fill(discovery.recommended, { why }))).toBeVisible();
    await expect(found.choices.first()).toHaveText(en.wizard[kind]);
    await expect(page.getByRole("radio", { checked: true })).toHaveCount(0);
    await expectAccessible(page);
    await wizard.next.click();
    await expect(page.getByText(en.errors.unchosen)).toBeVisible();

    // Whoever types a password all the same is told.
    await onToConnect(wizard);
    const { provider } = { provider: kind === "kind_google" ? "Google" : "Microsoft" };
    await expect(found.notice(fill(discovery.sign_in_instead, { provider }))).toBeVisible();
  });
}

test("the button is where it was pressed although the search begins with the press", async ({ page, admin: _ }) => {
  await visit(page, `${mailboxes()}/new`);
  const wizard = new Wizard(page);
  await wizard.name.fill("IT help");
  await wizard.address.fill("desk@records.example");
  await wizard.next.click();
  await expect(page).toHaveURL(/\/server$/);
});

test("where nothing is found the words say what to ask for", async ({ page, admin: _ }) => {
  await visit(page, `${mailboxes()}/new`);
  const [wizard, found] = [new Wizard(page), new Found(page)];
  await toServer(wizard, "desk@nothing.example");
  await expect(found.headline).toHaveText(fill(discovery.headline_nothing, { domain: "nothing.example" }));
  await found.unfold();
  await expect(found.source(discovery.source_guess)).toContainText(discovery.state_nothing);
  await onToConnect(wizard);
  const ask = found.notice(discovery.nothing_title);
  await expect(ask).toContainText("imap.nothing.example");
  await expect(ask).toContainText("587");
  // A password is asked for once there is a server to send it to.
  await expect(wizard.incoming.password).toBeHidden();
  await wizard.incoming.host.fill("imap.nothing.example");
  await expect(wizard.incoming.password).toBeVisible();
  await expectAccessible(page);
});

test("a filter that hides the server is told, and so is a domain with POP3 alone", async ({ page, admin: _ }) => {
  await visit(page, `${mailboxes()}/new`);
  const [wizard, found] = [new Wizard(page), new Found(page)];
  await toServer(wizard, "desk@filtered.example");
  await expect(found.headline).toContainText("Mimecast");
  await page.getByRole("link", { name: en.common.back, exact: true }).click();
  await expect(page).toHaveURL(/\/details$/);
  await toServer(wizard, "desk@old.example");
  await expect(found.headline).toHaveText(fill(discovery.headline_pop3, { domain: "old.example" }));
  await expect(found.choices.first()).toHaveText(en.wizard.kind_default);
  await expect(page.getByRole("radio", { checked: true })).toHaveCount(0);
});

test("what is typed while a slow source is asked stays", async ({ page, admin: _, dns }) => {
  dns.services.set("_imaps._tcp.slow.example", [{ port: 993, target: "mail.slow.example" }]);
  dns.silent.add("slow.example");
  await visit(page, `${mailboxes()}/new`);
  const [wizard, found] = [new Wizard(page), new Found(page)];
  await wizard.address.fill("desk@slow.example");
  await wizard.name.fill("IT help");
  await expect(found.headline).toHaveText(fill(discovery.asking, { domain: "slow.example" }));
  await found.unfold();
  await expect(found.source(discovery.source_mx)).toContainText(discovery.state_asking);
  await wizard.next.click();
  await expect(page).toHaveURL(/\/server$/);
  await onToConnect(wizard);
  await wizard.incoming.host.fill("own.slow.example");
  await expect(found.headline).toHaveText(fill(discovery.asking, { domain: "slow.example" }));
  await expect(found.headline).toContainText("mail.slow.example", { timeout: 15_000 });
  await expect(wizard.incoming.host).toHaveValue("own.slow.example");
  await expect(wizard.incoming.card).toContainText("mail.slow.example");
});

test("another address in the same draft is searched anew", async ({ page, admin }) => {
  const draft = await admin.draft("desk@records.example");
  await visit(page, connect(draft));
  const [wizard, found] = [new Wizard(page), new Found(page)];
  await expect(wizard.incoming.host).toHaveValue("mail.records.example");
  await visit(page, `/admin/it/channels/email/drafts/${draft}/details`);
  await toServer(wizard, "desk@naver.com");
  await expect(found.headline).toHaveText(fill(discovery.headline_provider, { domain: "naver.com", provider: "Naver" }));
  await onToConnect(wizard);
  await expect(wizard.incoming.host).toHaveValue("imap.naver.com");
  await expect(found.notice(fill(discovery.needs_title, { provider: "Naver" }))).toContainText(discovery.need_app_password);
});

test.describe("a Postroom that is to ask nobody", () => {
  test.use({
    settings: async ({ dns }, use) =>
      use({ POSTROOM_DISCOVERY__ENABLED: "false", POSTROOM_NETWORK__NAME_SERVERS: `["${dns.address}"]` }),
  });

  test("keeps to its own list and says so", async ({ page, admin: _, dns }) => {
    await visit(page, `${mailboxes()}/new`);
    const [wizard, found] = [new Wizard(page), new Found(page)];
    await toServer(wizard, "desk@google.example");
    await expect(found.headline).toHaveText(fill(discovery.headline_offline, { domain: "google.example" }));
    await expect(found.note).toContainText(discovery.offline);
    await found.unfold();
    await expect(found.source(discovery.source_mx)).toContainText(discovery.state_off);
    await expectAccessible(page);
    await visit(page, `${mailboxes()}/new`);
    await toServer(wizard, "desk@gmail.com");
    await expect(found.choices.first()).toHaveText(en.wizard.kind_google);
    expect([...dns.asked].filter((name) => name.includes("example") || name.includes("gmail"))).toEqual([]);
  });
});

test.describe("in Korean", () => {
  test.use({ locale: "ko-KR" });

  test("what was found, what comes first and what to ask for are Korean", async ({ page, admin: _ }) => {
    await visit(page, `${mailboxes()}/new`);
    const [wizard, found] = [new Wizard(page, ko), new Found(page, ko)];
    await toServer(wizard, "desk@naver.com");
    const said = fill(ko.discovery.headline_provider, { domain: "naver.com", provider: "Naver" });
    await expect(found.headline).toHaveText(said);
    await found.unfold();
    await expect(found.source(ko.discovery.source_table)).toContainText(ko.discovery.state_found);
    await onToConnect(wizard, ko);
    await expect(found.notice(fill(ko.discovery.needs_title, { provider: "Naver" }))).toContainText(ko.discovery.need_two_step);
    await expect(wizard.incoming.card.locator(".origin .badge")).toHaveText(ko.discovery.certain);
    await expectAccessible(page);
    await visit(page, `${mailboxes()}/new`);
    await toServer(wizard, "desk@nothing.example");
    await expect(found.headline).toHaveText(fill(ko.discovery.headline_nothing, { domain: "nothing.example" }));
    await onToConnect(wizard, ko);
    await expect(found.notice(ko.discovery.nothing_title)).toBeVisible();
  });
});
