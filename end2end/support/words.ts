// What the pages say, read from the same files as the pages: a polished sentence breaks no test,
// and a test that compares words compares the right ones.
import accountEn from "../../app/locales/en/account.json" with { type: "json" };
import activationEn from "../../app/locales/en/activation.json" with { type: "json" };
import adminEn from "../../app/locales/en/admin.json" with { type: "json" };
import alertsEn from "../../app/locales/en/alerts.json" with { type: "json" };
import ownEn from "../../app/locales/en/own.json" with { type: "json" };
import auditEn from "../../app/locales/en/audit.json" with { type: "json" };
import commonEn from "../../app/locales/en/common.json" with { type: "json" };
import companiesEn from "../../app/locales/en/companies.json" with { type: "json" };
import componentsEn from "../../app/locales/en/components.json" with { type: "json" };
import errorsEn from "../../app/locales/en/errors.json" with { type: "json" };
import helpEn from "../../app/locales/en/help.json" with { type: "json" };
import mailboxesEn from "../../app/locales/en/mailboxes.json" with { type: "json" };
import signinEn from "../../app/locales/en/signin.json" with { type: "json" };
import signonEn from "../../app/locales/en/signon.json" with { type: "json" };
import watchEn from "../../app/locales/en/watch.json" with { type: "json" };
import discoveryEn from "../../app/locales/en/discovery.json" with { type: "json" };
import domainsEn from "../../app/locales/en/domains.json" with { type: "json" };
import forwardingEn from "../../app/locales/en/forwarding.json" with { type: "json" };
import outboxEn from "../../app/locales/en/outbox.json" with { type: "json" };
import relayEn from "../../app/locales/en/relay.json" with { type: "json" };
import peopleEn from "../../app/locales/en/people.json" with { type: "json" };
import wizardEn from "../../app/locales/en/wizard.json" with { type: "json" };
import accountKo from "../../app/locales/ko/account.json" with { type: "json" };
import activationKo from "../../app/locales/ko/activation.json" with { type: "json" };
import adminKo from "../../app/locales/ko/admin.json" with { type: "json" };
import alertsKo from "../../app/locales/ko/alerts.json" with { type: "json" };
import ownKo from "../../app/locales/ko/own.json" with { type: "json" };
import auditKo from "../../app/locales/ko/audit.json" with { type: "json" };
import commonKo from "../../app/locales/ko/common.json" with { type: "json" };
import companiesKo from "../../app/locales/ko/companies.json" with { type: "json" };
import componentsKo from "../../app/locales/ko/components.json" with { type: "json" };
import errorsKo from "../../app/locales/ko/errors.json" with { type: "json" };
import helpKo from "../../app/locales/ko/help.json" with { type: "json" };
import mailboxesKo from "../../app/locales/ko/mailboxes.json" with { type: "json" };
import signinKo from "../../app/locales/ko/signin.json" with { type: "json" };
import signonKo from "../../app/locales/ko/signon.json" with { type: "json" };
import watchKo from "../../app/locales/ko/watch.json" with { type: "json" };
import discoveryKo from "../../app/locales/ko/discovery.json" with { type: "json" };
import domainsKo from "../../app/locales/ko/domains.json" with { type: "json" };
import forwardingKo from "../../app/locales/ko/forwarding.json" with { type: "json" };
import outboxKo from "../../app/locales/ko/outbox.json" with { type: "json" };
import relayKo from "../../app/locales/ko/relay.json" with { type: "json" };
import peopleKo from "../../app/locales/ko/people.json" with { type: "json" };
import wizardKo from "../../app/locales/ko/wizard.json" with { type: "json" };

export const en = {
  account: accountEn,
  activation: activationEn,
  admin: adminEn,
  alerts: alertsEn,
  audit: auditEn,
  common: commonEn,
  companies: companiesEn,
  discovery: discoveryEn,
  domains: domainsEn,
  components: componentsEn,
  errors: errorsEn,
  help: helpEn,
  mailboxes: mailboxesEn,
  signin: signinEn,
  signon: signonEn,
  watch: watchEn,
  forwarding: forwardingEn,
  outbox: outboxEn,
  own: ownEn,
  people: peopleEn,
  relay: relayEn,
  wizard: wizardEn,
};

export type Words = typeof en;

export const ko: Words = {
  account: accountKo,
  activation: activationKo,
  admin: adminKo,
  alerts: alertsKo,
  audit: auditKo,
  common: commonKo,
  companies: companiesKo,
  discovery: discoveryKo,
  domains: domainsKo,
  components: componentsKo,
  errors: errorsKo,
  help: helpKo,
  mailboxes: mailboxesKo,
  signin: signinKo,
  signon: signonKo,
  watch: watchKo,
  forwarding: forwardingKo,
  outbox: outboxKo,
  own: ownKo,
  people: peopleKo,
  relay: relayKo,
  wizard: wizardKo,
};

/** Puts values into the gaps of a text: `fill("Edit {{ name }}", { name: "IT" })`. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`“${text}” wants ${name}`);
    return `${value}`;
  });
}
