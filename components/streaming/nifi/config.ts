import { serviceHost } from "../../core/endpoint";
import { json, properties } from "../../core/render";
import { DIRECTORIES, NODES } from "./pods";
import {
  AUTHORIZER,
  authorizationsFile,
  authorizersFile,
  LOGIN_PROVIDER,
  loginProvidersFile,
  ROOT_GROUP,
  usersFile,
} from "./rights";
import type { NifiSettings } from "./settings";

/** NiFi's files and scripts, as pure functions of settings. What is secret comes from variables at start. */

export const PORTS = { https: 8443, cluster: 11_443, balance: 6342 } as const;
export const METRICS_PATH = "/nifi-api/flow/metrics/prometheus";
/** Files as they are rendered: the start script completes them. */
export const FILES_DIRECTORY = "/opt/lakehouse/conf";
export const CERTIFICATE_DIRECTORY = "/opt/lakehouse/certificate";
/** Names nodes in DNS, one by one. */
export const HEADLESS = "nifi-nodes";
export const READY_FILE = "ready.sh";
/** How long what runs in a processor may take to end, in seconds. */
const DRAIN_SECONDS = 30;
export const GRACE_SECONDS = DRAIN_SECONDS + 60;

const HOME = "/opt/nifi/nifi-current";
const { conf, work, state, content, provenance } = DIRECTORIES;
/** Where a node finds files to land. */
export const inboxOf = ({ inbox }: Pick<NifiSettings, "inbox">): string =>
  inbox === undefined ? `${content}/inbox` : DIRECTORIES.inbox;

type Sized = Pick<NifiSettings, "node" | "queue" | "hosts" | "provenance">;
const clustered = ({ node }: Pick<NifiSettings, "node">) => node.replicas > 1;

/** Variables with what is secret. */
export const VARIABLES = { key: "NIFI_SENSITIVE_KEY", admin: "NIFI_ADMIN_HASH" } as const;

/** Shares of the volume: the index and what is not deleted yet need room too. */
const PROVENANCE_SHARE = 0.7;

/** `nifi.properties`, without what differs from node to node and without the key: the start script adds them. */
export function nifiProperties(settings: Sized): string {
  const { queue, hosts } = settings;
  return properties({
    "nifi.flow.configuration.file": `${state}/flow/flow.json.gz`,
    "nifi.flow.configuration.archive.enabled": true,
    "nifi.flow.configuration.archive.dir": `${state}/flow/archive`,
    "nifi.flow.configuration.archive.max.count": 30,
    "nifi.flowcontroller.autoResumeState": true,
    "nifi.flowcontroller.graceful.shutdown.period": `${String(DRAIN_SECONDS)} sec`,
    "nifi.flowservice.writedelay.interval": "500 ms",
    "nifi.administrative.yield.duration": "30 sec",
    "nifi.bored.yield.duration": "10 millis",
    "nifi.queue.backpressure.count": queue.objects,
    "nifi.queue.backpressure.size": dataSize(queue.size),
    "nifi.nar.library.directory": `${HOME}/lib`,
    "nifi.nar.library.autoload.directory": `${work}/extensions`,
    "nifi.nar.working.directory": `${work}/nar`,
    "nifi.nar.persistence.provider.properties.directory": `${state}/nars`,
    "nifi.asset.manager.properties.directory": `${state}/assets`,
    "nifi.upload.working.directory": `${work}/uploads`,
    "nifi.documentation.working.directory": `${work}/docs`,
    // No Python: the directories have to be known all the same.
    "nifi.python.framework.source.directory": `${HOME}/python/framework`,
    "nifi.python.extensions.source.directory.default": `${work}/python/extensions`,
    "nifi.python.working.directory": `${work}/python`,
    "nifi.python.max.processes": 1,
    "nifi.python.max.processes.per.extension.type": 1,
    "nifi.python.logs.directory": `${work}/logs`,
    "nifi.state.management.configuration.file": `${conf}/state-management.xml`,
    "nifi.state.management.provider.local": "local-provider",
    ...repositories(settings),
    "nifi.remote.input.secure": true,
    "nifi.remote.input.http.enabled": false,
    "nifi.web.https.port": PORTS.https,
    "nifi.web.https.application.protocols": "h2 http/1.1",
    "nifi.web.jetty.working.directory": `${work}/jetty`,
    "nifi.web.jetty.threads": 200,
    "nifi.web.max.header.size": "16 KB",
    "nifi.web.request.timeout": "60 secs",
    "nifi.web.should.send.server.version": false,
    ...(hosts.length === 0 ? {} : { "nifi.web.proxy.host": hosts.join(",") }),
    ...security,
    "nifi.cluster.is.node": clustered(settings),
    ...(clustered(settings) ? cluster(settings) : {}),
  });
}

/** A size in NiFi's words: `KB` is 1024 bytes there. */
const dataSize = (bytes: number): string => `${String(Math.max(1, Math.floor(bytes / 2 ** 20)))} MB`;

/** What has been acknowledged is on the disk: a source forgets a file or a record once NiFi has it. */
const repositories = ({ provenance: size }: Pick<NifiSettings, "provenance">) => ({
  "nifi.database.directory": `${state}/database`,
  "nifi.flowfile.repository.implementation": "org.apache.nifi.controller.repository.WriteAheadFlowFileRepository",
  "nifi.flowfile.repository.directory": `${state}/flowfile`,
  "nifi.flowfile.repository.checkpoint.interval": "20 secs",
  "nifi.flowfile.repository.always.sync": true,
  "nifi.flowfile.repository.retain.orphaned.flowfiles": true,
  "nifi.swap.manager.implementation": "org.apache.nifi.controller.FileSystemSwapManager",
  "nifi.queue.swap.threshold": 20_000,
  "nifi.content.repository.implementation": "org.apache.nifi.controller.repository.FileSystemRepository",
  "nifi.content.claim.max.appendable.size": "50 KB",
  "nifi.content.repository.directory.default": `${content}/repository`,
  // What has left the queues is in the object store: nothing of it is kept here.
  "nifi.content.repository.archive.enabled": false,
  "nifi.content.repository.always.sync": true,
  "nifi.provenance.repository.implementation": "org.apache.nifi.provenance.WriteAheadProvenanceRepository",
  "nifi.provenance.repository.directory.default": `${provenance}/repository`,
  "nifi.provenance.repository.max.storage.time": "30 days",
  "nifi.provenance.repository.max.storage.size": dataSize(PROVENANCE_SHARE * size),
  "nifi.provenance.repository.rollover.time": "10 mins",
  "nifi.provenance.repository.rollover.size": "100 MB",
  "nifi.provenance.repository.query.threads": 2,
  "nifi.provenance.repository.index.threads": 2,
  "nifi.provenance.repository.compress.on.rollover": true,
  "nifi.provenance.repository.indexed.fields": "EventType, FlowFileUUID, Filename, ProcessorID, Relationship",
  "nifi.provenance.repository.index.shard.size": "500 MB",
  "nifi.components.status.repository.implementation":
    "org.apache.nifi.controller.status.history.VolatileComponentStatusRepository",
  "nifi.components.status.repository.buffer.size": 1440,
  "nifi.components.status.snapshot.frequency": "1 min",
});

/** Certificates are read as cert-manager writes them, and again when they change. */
const security = {
  "nifi.sensitive.props.algorithm": "NIFI_PBKDF2_AES_GCM_256",
  "nifi.security.autoreload.enabled": true,
  "nifi.security.autoreload.interval": "60 secs",
  "nifi.security.keystoreType": "PEM",
  "nifi.security.keystore.certificate": `${CERTIFICATE_DIRECTORY}/tls.crt`,
  "nifi.security.keystore.privateKey": `${CERTIFICATE_DIRECTORY}/tls.key`,
  "nifi.security.truststoreType": "PEM",
  "nifi.security.truststore.certificate": `${CERTIFICATE_DIRECTORY}/ca.crt`,
  "nifi.security.allow.anonymous.authentication": false,
  "nifi.security.user.authorizer": AUTHORIZER,
  "nifi.security.user.login.identity.provider": LOGIN_PROVIDER,
  "nifi.authorizer.configuration.file": `${conf}/authorizers.xml`,
  "nifi.login.identity.provider.configuration.file": `${conf}/login-identity-providers.xml`,
};

/** Nodes find their leader by Leases and share state by ConfigMaps: no ZooKeeper. */
const cluster = ({ node }: Pick<NifiSettings, "node">) => ({
  "nifi.state.management.provider.cluster": "kubernetes-provider",
  "nifi.cluster.protocol.is.secure": true,
  "nifi.cluster.protocol.heartbeat.interval": "5 sec",
  "nifi.cluster.node.protocol.port": PORTS.cluster,
  "nifi.cluster.node.connection.timeout": "5 sec",
  "nifi.cluster.node.read.timeout": "10 sec",
  "nifi.cluster.load.balance.port": PORTS.balance,
  "nifi.cluster.flow.election.max.wait.time": "1 mins",
  "nifi.cluster.flow.election.max.candidates": node.replicas,
  "nifi.cluster.leader.election.implementation": "KubernetesLeaderElectionManager",
  "nifi.cluster.leader.election.kubernetes.lease.prefix": NODES,
});

const STATE_MANAGEMENT = `<?xml version="1.0" encoding="UTF-8"?>
<stateManagement>
  <local-provider>
    <id>local-provider</id>
    <class>org.apache.nifi.controller.state.providers.local.WriteAheadLocalStateProvider</class>
    <property name="Directory">${state}/local</property>
    <property name="Always Sync">true</property>
    <property name="Partitions">16</property>
    <property name="Checkpoint Interval">2 mins</property>
  </local-provider>
`;

export const stateManagement = (settings: Pick<NifiSettings, "node">): string =>
  `${STATE_MANAGEMENT}${
    clustered(settings)
      ? `  <cluster-provider>
    <id>kubernetes-provider</id>
    <class>org.apache.nifi.kubernetes.state.provider.KubernetesConfigMapStateProvider</class>
    <property name="ConfigMap Name Prefix">${NODES}</property>
  </cluster-provider>
`
      : ""
  }</stateManagement>
`;

/** What a node begins with that has no flow: its outermost group has the identifier that rights name. */
export const emptyFlow = ({ node }: Pick<NifiSettings, "node">): string =>
  json({
    encodingVersion: { majorVersion: 2, minorVersion: 0 },
    maxTimerDrivenThreadCount: Math.max(10, Math.ceil(4 * node.cpu)),
    registries: [],
    parameterContexts: [],
    parameterProviders: [],
    controllerServices: [],
    reportingTasks: [],
    rootGroup: {
      identifier: ROOT_GROUP,
      instanceIdentifier: ROOT_GROUP,
      name: "lakehouse",
      comments: "",
      position: { x: 0, y: 0 },
      processGroups: [],
      remoteProcessGroups: [],
      processors: [],
      inputPorts: [],
      outputPorts: [],
      connections: [],
      labels: [],
      funnels: [],
      controllerServices: [],
      defaultFlowFileExpiration: "0 sec",
      componentType: "PROCESS_GROUP",
    },
  });

const LOGBACK = `<configuration>
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%date %level [%thread] %logger{40} %msg%n</pattern></encoder>
  </appender>
  <logger name="org.apache.nifi" level="INFO"/>
  <logger name="org.apache.nifi.controller.repository" level="WARN"/>
  <logger name="org.apache.nifi.web.server.RequestLog" level="OFF"/>
  <root level="WARN"><appender-ref ref="OUT"/></root>
</configuration>
`;

export const nodeFiles = (settings: NifiSettings, namespace: string): Record<string, string> => ({
  "nifi.properties": nifiProperties(settings),
  "authorizers.xml": authorizersFile(conf),
  "users.xml": usersFile(),
  "authorizations.xml": authorizationsFile(),
  "login-identity-providers.xml": loginProvidersFile(VARIABLES.admin),
  "state-management.xml": stateManagement(settings),
  "logback.xml": LOGBACK,
  "flow.json": emptyFlow(settings),
  [READY_FILE]: readyScript(settings, namespace),
});

const host = (namespace: string) => `$POD_NAME.${serviceHost(HEADLESS, namespace)}`;

const OPTIONS = [
  "-XX:+ExitOnOutOfMemoryError",
  "-Djava.awt.headless=true",
  "-Djava.io.tmpdir=/tmp",
  "-Djava.protocol.handler.pkgs=sun.net.www.protocol",
  "-Dsun.net.http.allowRestrictedHeaders=true",
  "-Djavax.security.auth.useSubjectCredsOnly=true",
];

/**
 * Makes the configuration of this start from the rendered files, and becomes NiFi: without upstream's launcher nothing stands between it
 * and the signal that ends it. It listens at each of the pod's addresses, so that a port-forward reaches it, and is known by its name.
 */
export function startScript(heap: number, namespace: string): string {
  const folders = [
    ...["flow/archive", "flowfile", "database", "local", "nars", "assets"].map((name) => `${state}/${name}`),
    ...["repository", "inbox"].map((name) => `${content}/${name}`),
    `${provenance}/repository`,
    ...["extensions", "python/extensions", "logs", "uploads", "docs"].map((name) => `${work}/${name}`),
  ];
  return [
    "umask 077",
    `mkdir -p ${folders.join(" ")}`,
    `cp ${FILES_DIRECTORY}/* ${conf}/`,
    `{ echo "nifi.web.https.host=${host(namespace)}"`,
    `echo "nifi.remote.input.host=${host(namespace)}"`,
    `echo "nifi.cluster.node.address=${host(namespace)}"`,
    `echo "nifi.cluster.load.balance.host=${host(namespace)}"`,
    'for each in /sys/class/net/*; do echo "nifi.web.https.network.interface.${each##*/}=${each##*/}"; done',
    `echo "nifi.sensitive.props.key=$${VARIABLES.key}"; } >> ${conf}/nifi.properties`,
    `sed -i "s|${VARIABLES.admin}|$${VARIABLES.admin}|" ${conf}/login-identity-providers.xml`,
    `[ -s ${state}/flow/flow.json.gz ] || gzip -c ${conf}/flow.json > ${state}/flow/flow.json.gz`,
    `unset ${Object.values(VARIABLES).join(" ")}`,
    // It listens for other nodes at the address of its name, which DNS has a little later than the pod has it.
    `until getent hosts "${host(namespace)}" > /dev/null; do sleep 1; done`,
    `cd ${work}`,
    `exec java -Xms${String(heap)}m -Xmx${String(heap)}m ${OPTIONS.join(" ")} \\`,
    `  -Dnifi.properties.file.path=${conf}/nifi.properties \\`,
    `  -Dorg.apache.nifi.bootstrap.config.log.dir=${work}/logs \\`,
    `  -cp "${conf}:${HOME}/lib/*" org.apache.nifi.NiFi`,
  ].join("\n");
}

/** Whether a node answers, and of several whether it is one of the cluster. */
function readyScript(settings: Pick<NifiSettings, "node">, namespace: string): string {
  const file = (name: string) => `${CERTIFICATE_DIRECTORY}/${name}`;
  return [
    `curl --silent --fail --max-time 8 --cacert ${file("ca.crt")} --cert ${file("tls.crt")} --key ${file("tls.key")} \\`,
    `  "https://${host(namespace)}:${String(PORTS.https)}/nifi-api/flow/cluster/summary" |`,
    `  grep -q '"connectedToCluster":${String(clustered(settings))}'`,
    "",
  ].join("\n");
}
