import { shellWord } from "../components/core/render";
import type { Container, Probe } from "./kubernetes";

/** Kubernetes asks a pod's ports from outside; here a container asks itself, with what its image has. */
export const HEALTHY = { source: "./configs/healthy.sh", target: "/lakehouse/healthy.sh" } as const;

export const HEALTHY_SCRIPT = `# Asks a port of this container: sh healthy.sh http://127.0.0.1:8080/path, or tcp://127.0.0.1:9083
url=$1
has() { command -v "$1" > /dev/null 2>&1; }

case $url in
  http*)
    if has curl; then exec curl --fail --silent --insecure --max-time 5 --output /dev/null "$url"; fi
    if has wget; then exec wget -q -T 5 -O /dev/null "$url"; fi
    if has python3; then exec python3 -c 'import sys, urllib.request as r; r.urlopen(sys.argv[1], timeout=5)' "$url"; fi
    ;;
esac
# The kernel's table of sockets: 0A is one that listens.
port=\${url#*://*:}
port=\${port%%/*}
cat /proc/net/tcp /proc/net/tcp6 2> /dev/null | grep -q ":$(printf '%04X' "$port") [0-9A-F]*:0000 0A "
`;

export interface Health {
  readonly test: readonly string[];
  readonly interval: string;
  readonly timeout: string;
  readonly retries: number;
  readonly start_period: string;
}

/** Kubernetes' defaults, in seconds and attempts. */
const PERIOD = 10;
const TIMEOUT = 1;
const FAILURES = 3;
/** Seconds: who waits for a service that is unhealthy here does not start at all, where Kubernetes would only wait. */
const LEAST_START = 60;

/** Whether a container takes requests; undefined without a probe. A failure makes nobody restart it, unlike a liveness probe. */
export function healthOf(container: Container): Health | undefined {
  const { startupProbe, readinessProbe, livenessProbe } = container;
  const probe = readinessProbe ?? livenessProbe ?? startupProbe;
  if (probe === undefined) return undefined;
  const { periodSeconds = PERIOD, timeoutSeconds = TIMEOUT, failureThreshold = FAILURES } = probe;
  const start = startupProbe ?? probe;
  return {
    test: testOf(container, probe),
    interval: seconds(periodSeconds),
    timeout: seconds(Math.max(timeoutSeconds, startupProbe?.timeoutSeconds ?? 0)),
    retries: failureThreshold,
    start_period: seconds(
      Math.max(LEAST_START, (start.periodSeconds ?? PERIOD) * (start.failureThreshold ?? FAILURES)),
    ),
  };
}

/** A server that answers before it has started says so in an own probe, which is asked until it succeeds once. */
function testOf(container: Container, probe: Probe): string[] {
  const { startupProbe } = container;
  const ready = commandOf(container, probe);
  if (startupProbe?.exec === undefined || startupProbe === probe) return ["CMD", ...ready];
  const started = `test -e /tmp/.started || { ${line(commandOf(container, startupProbe))} && touch /tmp/.started; }`;
  return ["CMD-SHELL", `{ ${started}; } && ${line(ready)}`];
}

function commandOf({ ports = [] }: Container, { exec, httpGet, tcpSocket }: Probe): readonly string[] {
  if (exec !== undefined) return exec.command;
  const { port = 0 } = httpGet ?? tcpSocket ?? {};
  const number = typeof port === "number" ? port : (ports.find(({ name }) => name === port)?.containerPort ?? port);
  const url =
    httpGet === undefined
      ? `tcp://127.0.0.1:${String(number)}`
      : `${(httpGet.scheme ?? "HTTP").toLowerCase()}://127.0.0.1:${String(number)}${httpGet.path ?? "/"}`;
  return ["sh", HEALTHY.target, url];
}

const seconds = (count: number) => `${String(count)}s`;

const line = (words: readonly string[]) =>
  words.map((word) => (/^[\w./:=+%-]+$/.test(word) ? word : shellWord(word))).join(" ");
