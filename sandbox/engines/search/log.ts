/** Configuration of log4j for nodes of OpenSearch and of Elasticsearch: all to the console. */
export const LOG = [
  "appender.console.type = Console",
  "appender.console.name = console",
  "appender.console.layout.type = PatternLayout",
  "appender.console.layout.pattern = [%-5p][%c{1.}] %m%n",
  "rootLogger.level = info",
  "rootLogger.appenderRef.console.ref = console",
  "",
].join("\n");
