// The program under test, with a data folder of its own.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "../..");
const program = process.env["POSTROOM_PROGRAM"] ?? join(repository, "target/debug/postroom");

/** How long the program may take from its start to the line with its address. */
const startLimit = 20_000;

export class Postroom {
  /** Everything that the program has written, for failures and for tests of its words. */
  log = "";
  /** `http://127.0.0.1:PORT`. The same after a restart, so that open pages find it again. */
  readonly address: string;
  /** The code that the first administrator types, if the program printed one at its last start. */
  setUpCode: string | undefined;
  /** The port where mail for default mailboxes is taken, since the last start. */
  mailPort: number | undefined;

  private child: ChildProcess | undefined;

  private constructor(
    private readonly port: number,
    readonly dataFolder: string,
    private readonly settings: Record<string, string>,
  ) {
    this.address = `http://127.0.0.1:${port}`;
  }

  /** Starts a fresh program. `settings` are its environment variables, such as `POSTROOM_MAIL_DOMAIN`. */
  static async start(settings: Record<string, string> = {}): Promise<Postroom> {
    const folder = await mkdtemp(join(tmpdir(), "postroom-end2end-"));
    const postroom = new Postroom(await freePort(), folder, settings);
    await postroom.launch();
    return postroom;
  }

  /** Ends the program and starts it again with the same data. */
  async restart(): Promise<void> {
    await this.stop();
    await this.launch();
  }

  /** Ends the program, as a server that went down. Its data stays. */
  async stop(): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((done) => child.once("exit", () => done()));
    child.kill("SIGTERM");
    const killer = setTimeout(() => child.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(killer);
  }

  /** Starts the program on its data, after `stop`. */
  async launch(): Promise<void> {
    this.setUpCode = undefined;
    this.mailPort = undefined;
    const child = spawn(program, ["serve"], {
      // Away from the repository, whose postroom.toml may be somebody's own.
      cwd: this.dataFolder,
      env: {
        PATH: process.env["PATH"],
        HOME: process.env["HOME"],
        POSTROOM_LISTEN: `127.0.0.1:${this.port}`,
        POSTROOM_DATA_DIR: this.dataFolder,
        POSTROOM_INBOUND__LISTEN: "127.0.0.1:0",
        // Tests ask nobody outside; those that are about it have a name server of their own.
        POSTROOM_DISCOVERY__ENABLED: "false",
        ...this.settings,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    await new Promise<void>((done, fail) => {
      const limit = setTimeout(() => {
        child.kill("SIGKILL");
        fail(new Error(`Postroom was not ready within ${startLimit} ms:\n${this.log}`));
      }, startLimit);
      let said = "";
      const listen = (chunk: Buffer) => {
        const text = chunk.toString();
        this.log += text;
        said += text;
        this.setUpCode ??= /set-up code:\s*([A-Z0-9]{4}(?:-[A-Z0-9]{4})+)/i.exec(said)?.[1];
        if (said.includes("Postroom is ready")) {
          // Printed before, so that whoever waits for the start knows it.
          const port = /Mail for default mailboxes is taken at \S+:(\d+)/.exec(said)?.[1];
          this.mailPort = port ? Number(port) : undefined;
          clearTimeout(limit);
          done();
        }
      };
      child.stdout.on("data", listen);
      child.stderr.on("data", listen);
      child.once("error", fail);
      child.once("exit", (code, signal) => {
        clearTimeout(limit);
        fail(new Error(`Postroom ended with ${code ?? signal} before it was ready:\n${this.log}`));
      });
    });
    await this.answers();
  }

  /** Runs another command of the program on its data, such as `admin local-login on`; returns what it prints. */
  command(...args: string[]): Promise<string> {
    const env = { PATH: process.env["PATH"], HOME: process.env["HOME"], POSTROOM_DATA_DIR: this.dataFolder, ...this.settings };
    return new Promise((done, fail) => {
      execFile(program, args, { cwd: this.dataFolder, env }, (error, said) => (error ? fail(error) : done(said)));
    });
  }

  /** The set-up code, which must come. It may be printed a moment after the address. */
  async code(): Promise<string> {
    const until = Date.now() + startLimit;
    while (!this.setUpCode && Date.now() < until) await moment();
    if (!this.setUpCode) throw new Error(`Postroom printed no set-up code:\n${this.log}`);
    return this.setUpCode;
  }

  /** Ends the program and removes its data. */
  async remove(): Promise<void> {
    await this.stop();
    await rm(this.dataFolder, { recursive: true, force: true });
  }

  /** The address may be printed just before the port is open. */
  private async answers(): Promise<void> {
    const until = Date.now() + startLimit;
    for (;;) {
      try {
        await fetch(this.address, { redirect: "manual" });
        return;
      } catch (cause) {
        if (Date.now() > until) throw new Error(`Postroom does not answer at ${this.address}`, { cause });
        await moment();
      }
    }
  }
}

function moment(): Promise<void> {
  return new Promise((done) => setTimeout(done, 20));
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => done(port));
    });
  });
}
