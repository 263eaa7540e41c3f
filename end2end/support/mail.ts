// The mail servers and providers that `cargo xtask test` starts, or a person with `cargo xtask servers`.

export interface Person {
  name: string;
  address: string;
  /** Good for the mail servers and for both providers. A shared mailbox has none. */
  password: string;
  role: "person" | "administrator" | "shared";
  /** Who may read a shared mailbox, with tokens of their own, and who of them may send as it. */
  members: { address: string; sendAs: boolean }[];
  /** An access token that the servers believe, for XOAUTH2 and OAUTHBEARER. A shared mailbox has none. */
  token: string;
}

export interface Mail {
  /** The name to type as server name. The certificate is good for it. */
  host: string;
  domain: string;
  /** File with the certificate authority, PEM. */
  ca: string;
  /** Where the servers keep mail and logs: `mail/ADDRESS/Maildir`. */
  folder: string;
  imap: { tls: number; starttls: number };
  smtp: { tls: number; starttls: number };
  wrong: { expired: number; otherName: number; selfSigned: number; silent: number; closed: number };
  /** Ports of which Postfix knows where pPORT.postroom.localhost is. */
  postrooms: number[];
  microsoft: Microsoft;
  google: Google;
  /** Its address and password hold nothing unusual. */
  support: Person;
  /** Its password has a quote, a backslash and spaces. */
  it: Person;
  /** Neither its address nor its password is ASCII. */
  korean: Person;
  /** Has Full Access to `desk` and `readonly`, and Send As to `desk` alone. */
  ada: Person;
  /** May use nobody's mailbox but his own. */
  bob: Person;
  /** May consent for everybody. */
  administrator: Person;
  /** A shared mailbox. */
  desk: Person;
  /** A shared mailbox that nobody may send as. */
  readonly: Person;
  /** For tests that count the mail in a mailbox they send to. */
  post: Person;
  /** For tests that send mail and count nothing. */
  parcel: Person;
  /** An administrator who is told by mail. */
  oncall: Person;
}

/** The provider arranged like Microsoft's; see `provider/`. */
export interface Microsoft {
  /** Instead of `https://login.microsoftonline.com`. */
  authority: string;
  /** The id of the one tenant. `Mail.domain` names it too. */
  tenant: string;
  clientId: string;
  clientSecret: string;
  /** An application that people may not allow themselves; the second is for the provider's own tests. */
  walledClientId: string;
  walledClientSecret: string;
  alsoWalledClientId: string;
  alsoWalledClientSecret: string;
  /** An application whose secret, though right, has expired. */
  expiredClientId: string;
  expiredClientSecret: string;
}

/** The provider arranged like Google's; see `provider/`. */
export interface Google {
  /** Instead of `https://accounts.google.com`. */
  issuer: string;
  clientId: string;
  clientSecret: string;
}

type People = [Person, Person, Person, Person, Person, Person, Person, Person, Person, Person, Person];

export function mailServers(): Mail {
  const described = process.env["POSTROOM_MAIL_SERVERS"];
  if (!described) {
    throw new Error(
      "POSTROOM_MAIL_SERVERS is not set. `cargo xtask test --only e2e` sets it; " +
        "for daily work start `cargo xtask servers` and use the line that it prints.",
    );
  }
  const { people, ...servers } = JSON.parse(described) as Mail & { people: People };
  const [support, it, korean, ada, bob, administrator, desk, readonly, post, parcel, oncall] = people;
  return { ...servers, support, it, korean, ada, bob, administrator, desk, readonly, post, parcel, oncall };
}
