// What lies in the mailboxes of the mail servers that tests run against.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Mail, type Person } from "./mail.ts";

/** The mails in somebody's inbox whose subject begins like this, with long lines put together. */
export async function lying(mail: Mail, person: Person, subject: string): Promise<string[]> {
  const found: string[] = [];
  for (const folder of ["new", "cur"]) {
    const path = join(mail.folder, "mail", person.address, "Maildir", folder);
    for (const name of await readdir(path).catch(() => [])) {
      const text = (await readFile(join(path, name), "utf8").catch(() => "")).replaceAll("\r", "").replaceAll("\n ", " ").replaceAll("=\n", "");
      if (text.includes(`\nSubject: ${subject}`)) found.push(text);
    }
  }
  return found;
}
