// Small servers of a test's own, on loopback: a way that can be blocked, and one that leads nowhere.
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** Hands everything on to another port, until it is taken down. It can come back at the same port. */
export class Way {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private server: Server,
    readonly port: number,
    private target: number,
  ) {}

  static async to(target: number): Promise<Way> {
    const server = createServer();
    await listen(server, 0);
    const way = new Way(server, (server.address() as AddressInfo).port, target);
    way.serve();
    return way;
  }

  /** From now on nobody listens. */
  async down(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((done) => this.server.close(() => done()));
  }

  /** From now on it leads to another port; what was connected is broken off. */
  async turn(target: number): Promise<void> {
    await this.down();
    this.target = target;
    await this.up();
  }

  async up(): Promise<void> {
    this.server = createServer();
    this.serve();
    await listen(this.server, this.port);
  }

  private serve(): void {
    this.server.on("connection", (near) => {
      const far = connect(this.target, "127.0.0.1");
      for (const [one, other] of [[near, far], [far, near]] as const) {
        this.sockets.add(one);
        one.on("error", () => other.destroy());
        one.on("close", () => this.sockets.delete(one) && other.destroy());
        one.pipe(other);
      }
    });
  }
}

/** Takes connections, says nothing, and knows which of them are still open. */
export class Silence {
  came = 0;
  open = 0;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async begin(): Promise<Silence> {
    const server = createServer();
    await listen(server, 0);
    const silence = new Silence(server, (server.address() as AddressInfo).port);
    server.on("connection", (socket) => {
      silence.came += 1;
      silence.open += 1;
      socket.on("error", () => {});
      socket.on("close", () => (silence.open -= 1));
      socket.resume();
    });
    return silence;
  }

  async end(): Promise<void> {
    await new Promise<void>((done) => this.server.close(() => done()));
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((done, fail) => {
    server.once("error", fail);
    server.listen(port, "127.0.0.1", () => done());
  });
}
