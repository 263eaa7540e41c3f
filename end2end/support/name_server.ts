// A name server with the TXT records that a test gives it (RFC 1035), for a program that is pointed at it.
import { createSocket, type Socket } from "node:dgram";
import type { AddressInfo } from "node:net";

/** The codes of an answer (RFC 1035 4.1.1). */
export const serverFailure = 2;

export class NameServer {
  /** TXT records by name; a name without any is not known. */
  readonly texts = new Map<string, string[]>();
  /** Names that are answered with a code and nothing else. */
  readonly codes = new Map<string, number>();

  private constructor(private readonly socket: Socket) {}

  static async start(): Promise<NameServer> {
    const socket = createSocket("udp4");
    const server = new NameServer(socket);
    socket.on("message", (query, asker) => socket.send(server.answer(query), asker.port, asker.address));
    await new Promise<void>((done) => socket.bind(0, "127.0.0.1", done));
    return server;
  }

  /** `ADDRESS:PORT`, as the setting `network.name_servers` wants it. */
  get address(): string {
    return `127.0.0.1:${(this.socket.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.socket.close();
  }

  private answer(query: Buffer): Buffer {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at]!; length > 0; length = query[at]!) {
      labels.push(query.toString("latin1", at + 1, at + 1 + length));
      at += 1 + length;
    }
    const question = query.subarray(12, at + 5);
    const name = labels.join(".").toLowerCase();
    const found = query.readUInt16BE(at + 1) === 16 ? (this.texts.get(name) ?? []) : [];
    const known = [...this.texts.keys()].some((known) => known === name || known.endsWith(`.${name}`));
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8180 | (this.codes.get(name) ?? (known ? 0 : 3)), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(this.codes.has(name) ? 0 : found.length, 6);
    return Buffer.concat([head, question, ...(this.codes.has(name) ? [] : found.map(record))]);
  }
}

/** A TXT record for the name of the question, good for no time at all. */
function record(text: string): Buffer {
  const strings = (text.match(/.{1,255}/gs) ?? [""]).map((part) => Buffer.from([part.length, ...Buffer.from(part)]));
  const data = Buffer.concat(strings);
  const head = Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 0, 0, 0]);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
