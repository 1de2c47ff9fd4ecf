import { connect, type Socket } from "node:net";

/** A user's name and password. */
export type Login = readonly [string, string];

/** A persistent connection, as clients keep it. */
export class Connection {
  private constructor(private readonly socket: Socket) {}

  static async to(host: string, [user, password]: Login): Promise<Connection> {
    const made = new Connection(connect(6379, host));
    const answer = await made.say(`AUTH ${user} ${password}`);
    if (!answer.startsWith("+OK")) throw new Error(answer);
    return made;
  }

  say(line: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const { socket } = this;
      const ended = (answer?: Buffer) => {
        for (const event of ["data", "error", "close"]) socket.removeAllListeners(event);
        socket.on("error", () => undefined);
        if (answer === undefined) reject(new Error("the server closed the connection"));
        else resolve(answer.toString());
      };
      socket.once("data", ended);
      socket.once("error", () => {
        ended();
      });
      socket.once("close", () => {
        ended();
      });
      if (socket.closed) ended();
      this.socket.write(`${line}\r\n`);
    });
  }

  close(): void {
    this.socket.destroy();
  }
}
