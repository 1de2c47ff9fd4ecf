import { connect } from "node:net";

/** Whether a process listens on a port of the loopback; for `ready`. @param address one of the loopback. @default 127.0.0.1 */
export function connects(port: number, address = "127.0.0.1"): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    const end = (listens: boolean) => () => {
      socket.destroy();
      resolve(listens);
    };
    socket.once("connect", end(true));
    socket.once("error", end(false));
    socket.setTimeout(2000, end(false));
  });
}
