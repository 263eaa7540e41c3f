// A name server with the records that a test gives it (RFC 1035, RFC 2782), for a program that is pointed at it.
import { createSocket, type Socket } from "node:dgram";
import type { AddressInfo } from "node:net";

/** The codes of an answer (RFC 1035 4.1.1). */
export const serverFailure = 2;

const kinds = { A: 1, MX: 15, TXT: 16, SRV: 33 };

/** One SRV record. */
export interface Service { priority?: number; weight?: number; port: number; target: string }

export class NameServer {
  /** TXT records by name; a name without any is not known. */
  readonly texts = new Map<string, string[]>();
  /** IPv4 addresses by name. */
  readonly addresses = new Map<string, string>();
  /** The hosts that take a domain's mail, the preferred first. */
  readonly exchanges = new Map<string, string[]>();
  /** SRV records by name, such as `_imaps._tcp.example.com`. */
  readonly services = new Map<string, Service[]>();
  /** Names that are answered with a code and nothing else. */
  readonly codes = new Map<string, number>();
  /** Names that are not answered at all. */
  readonly silent = new Set<string>();
  /** The names that were asked for. */
  readonly asked = new Set<string>();

  private constructor(private readonly socket: Socket) {}

  static async start(): Promise<NameServer> {
    const socket = createSocket("udp4");
    const server = new NameServer(socket);
    socket.on("message", (query, asker) => {
      const answer = server.answer(query);
      if (answer) socket.send(answer, asker.port, asker.address);
    });
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

  private answer(query: Buffer): Buffer | undefined {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at]!; length > 0; length = query[at]!) {
      labels.push(query.toString("latin1", at + 1, at + 1 + length));
      at += 1 + length;
    }
    const question = query.subarray(12, at + 5);
    const name = labels.join(".").toLowerCase();
    this.asked.add(name);
    if (this.silent.has(name)) return undefined;
    const found = this.found(name, query.readUInt16BE(at + 1));
    const names = [this.texts, this.addresses, this.exchanges, this.services].flatMap((records) => [...records.keys()]);
    const known = names.some((known) => known === name || known.endsWith(`.${name}`));
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    head.writeUInt16BE(0x8180 | (this.codes.get(name) ?? (known ? 0 : 3)), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(this.codes.has(name) ? 0 : found.length, 6);
    return Buffer.concat([head, question, ...(this.codes.has(name) ? [] : found)]);
  }

  /** The records of this name and kind. */
  private found(name: string, kind: number): Buffer[] {
    switch (kind) {
      case kinds.TXT:
        return (this.texts.get(name) ?? []).map((text) => record(kind, strings(text)));
      case kinds.A: {
        const address = this.addresses.get(name);
        return address ? [record(kind, Buffer.from(address.split(".").map(Number)))] : [];
      }
      case kinds.MX:
        return (this.exchanges.get(name) ?? []).map((host, at) => record(kind, Buffer.concat([numbers(at), written(host)])));
      case kinds.SRV:
        return (this.services.get(name) ?? []).map(({ priority = 0, weight = 0, port, target }) =>
          record(kind, Buffer.concat([numbers(priority, weight, port), written(target)])),
        );
      default:
        return [];
    }
  }
}

/** The strings of a TXT record. */
function strings(text: string): Buffer {
  return Buffer.concat((text.match(/.{1,255}/gs) ?? [""]).map((part) => Buffer.from([part.length, ...Buffer.from(part)])));
}

/** Numbers of 16 bits. */
function numbers(...values: number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  values.forEach((value, at) => bytes.writeUInt16BE(value, 2 * at));
  return bytes;
}

/** A name as its labels. */
function written(name: string): Buffer {
  const labels = name.split(".").filter((label) => label !== "");
  return Buffer.concat([...labels.map((label) => Buffer.from([label.length, ...Buffer.from(label)])), Buffer.from([0])]);
}

/** A record for the name of the question, good for no time at all. */
function record(kind: number, data: Buffer): Buffer {
  const head = Buffer.from([0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 0, 0, 0]);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
