// A Dovecot of a test's own, which it may stop and start again: the shared one belongs to every test.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { Mail, Person } from "./mail.ts";
import { freePort } from "./postroom.ts";

/** How long it may take to begin or to end. */
const limit = 15_000;

export class Dovecot {
  private child: ChildProcess | undefined;

  private constructor(
    /** Takes TLS from the first byte; the same after a restart. */
    readonly port: number,
    private readonly folder: string,
  ) {}

  /** Starts one where this person has an empty mailbox, with the password they have everywhere. */
  static async start(mail: Mail, person: Person): Promise<Dovecot> {
    const folder = await mkdtemp(join(tmpdir(), "postroom-dovecot-"));
    const dovecot = new Dovecot(await freePort(), folder);
    // Dovecot hands no mail to root. Without root it runs as whoever runs the tests.
    const isRoot = process.getuid!() === 0;
    const { uid, gid } = isRoot ? await stat(join(mail.folder, "mail")) : { uid: process.getuid!(), gid: process.getgid!() };
    await mkdir(join(folder, "mail"));
    await chown(join(folder, "mail"), uid, gid);
    // Dovecot's own users find their way through it.
    await chmod(folder, 0o755);
    await writeFile(join(folder, "passwords"), `${person.address}:{PLAIN}${person.password}\n`);
    await writeFile(join(folder, "dovecot.conf"), configuration(folder, dovecot.port, mail, uid, gid) + (isRoot ? "" : withoutRoot()));
    await dovecot.launch();
    return dovecot;
  }

  /** Starts it again, after `stop`. */
  async launch(): Promise<void> {
    this.child = spawn("/usr/sbin/dovecot", ["-F", "-c", join(this.folder, "dovecot.conf")], { stdio: "ignore" });
    await this.until(true);
  }

  /** Ends the program, and with it every connection. */
  async stop(): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise<void>((done) => child.once("exit", () => done()));
    child.kill("SIGTERM");
    await ended;
    await this.until(false);
  }

  /** Ends it and removes its data. */
  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Waits until somebody listens, or nobody. */
  private async until(listening: boolean): Promise<void> {
    const end = Date.now() + limit;
    while ((await listens(this.port)) !== listening) {
      if (Date.now() > end) {
        const log = await readFile(join(this.folder, "dovecot.log"), "utf8").catch(() => "");
        throw new Error(`Dovecot did not ${listening ? "begin" : "end"} within ${limit} ms:\n${log}`);
      }
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => done(true));
    socket.once("error", () => done(false));
    socket.once("connect", () => socket.destroy());
  });
}

const configuration = (folder: string, port: number, mail: Mail, uid: number, gid: number) => `# Dovecot 2.3
protocols = imap
listen = 127.0.0.1
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/dovecot.log
ssl = required
ssl_cert = <${mail.folder}/server.pem
ssl_key = <${mail.folder}/server.pem
auth_mechanisms = plain login
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${folder}/passwords
}
userdb {
  driver = static
  args = uid=${uid} gid=${gid} home=${folder}/mail/%u
}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = ${port}
    ssl = yes
  }
}
`;

const withoutRoot = () => `default_internal_user = ${userInfo().username}
default_login_user = ${userInfo().username}
default_internal_group = ${execFileSync("id", ["-gn"], { encoding: "utf8" }).trim()}
service anvil {
  chroot =
}
service imap-login {
  chroot =
}
`;
