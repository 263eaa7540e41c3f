// The mail servers that `cargo xtask test` starts, or a person with `cargo xtask servers`.

export interface Person {
  name: string;
  address: string;
  password: string;
  /** An access token that the servers believe, for XOAUTH2 and OAUTHBEARER. */
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
  /** Its address and password hold nothing unusual. */
  support: Person;
  /** Its password has a quote, a backslash and spaces. */
  it: Person;
  /** Neither its address nor its password is ASCII. */
  korean: Person;
}

export function mailServers(): Mail {
  const described = process.env["POSTROOM_MAIL_SERVERS"];
  if (!described) {
    throw new Error(
      "POSTROOM_MAIL_SERVERS is not set. `cargo xtask test --only e2e` sets it; " +
        "for daily work start `cargo xtask servers` and use the line that it prints.",
    );
  }
  const { people, ...servers } = JSON.parse(described) as Omit<Mail, "support" | "it" | "korean"> & {
    people: [Person, Person, Person];
  };
  const [support, it, korean] = people;
  return { ...servers, support, it, korean };
}
