package io.apfproxy.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Every flag of the proxy: name, default, meaning. The same name in upper case with underscores,
 * after {@code APF_}, is its environment variable; without the dashes, its key in the configuration
 * file. Names and defaults are kube-apiserver's where it has the flag.
 */
enum Flag {
  CONFIG("config", Group.GENERAL, ValueKind.FILE, "", "YAML file of flags, keys without dashes"),
  V("v", Group.GENERAL, ValueKind.COUNT, "0", "log level: 0 info, 4 debug, 6 trace"),

  BIND_ADDRESS("bind-address", Group.LISTENER, ValueKind.ADDRESS, "0.0.0.0", "where to listen"),
  SECURE_PORT("secure-port", Group.LISTENER, ValueKind.PORT, "6443", "HTTPS port"),
  CERT_DIR(
      "cert-dir",
      Group.LISTENER,
      ValueKind.DIRECTORY,
      "~/.apf-proxy",
      "for the self-signed apf-proxy.crt and .key, made if no certificate is given"),
  TLS_CERT_FILE("tls-cert-file", Group.LISTENER, ValueKind.FILE, "", "serving certificate chain"),
  TLS_PRIVATE_KEY_FILE("tls-private-key-file", Group.LISTENER, ValueKind.FILE, "", "its key"),
  EVENT_LOOPS(
      "event-loops", Group.LISTENER, ValueKind.COUNT, "0", "threads for traffic; 0: half the CPUs"),
  TRANSPORT(
      "transport", Group.LISTENER, ValueKind.TRANSPORT, "auto", "auto, io_uring, epoll or nio"),
  TLS_ENGINE(
      "tls-engine",
      Group.LISTENER,
      ValueKind.TLS_ENGINE,
      "auto",
      "auto, boringssl (no Ed25519, P-521 of clients), jdk (dearer)"),
  GOAWAY_CHANCE(
      "goaway-chance",
      Group.LISTENER,
      ValueKind.CHANCE,
      "0",
      "part of HTTP/2 requests that move their client to a new connection"),
  TRUSTED_PROXIES(
      "trusted-proxies",
      Group.LISTENER,
      ValueKind.ADDRESSES,
      "",
      "addresses of proxies in front, whose X-Forwarded-For or X-Real-Ip is believed"),
  CORS_ALLOWED_ORIGINS(
      "cors-allowed-origins",
      Group.LISTENER,
      ValueKind.ORIGINS,
      "",
      "origins of web pages that may ask, regular expressions; as the server has it"),
  SHUTDOWN_DELAY_DURATION(
      "shutdown-delay-duration",
      Group.LISTENER,
      ValueKind.DURATION,
      "0s",
      "after SIGTERM serve on so long, not ready"),
  SHUTDOWN_GRACE(
      "shutdown-grace", Group.LISTENER, ValueKind.DURATION, "30s", "then requests may finish"),
  WARM_UP(
      "warm-up",
      Group.LISTENER,
      ValueKind.WARM_UP,
      "6s",
      "before it is ready ask itself, so that the first requests are fast; 0: not at all"),

  KUBECONFIG(
      "kubeconfig",
      Group.UPSTREAM,
      ValueKind.FILE,
      "",
      "way to kube-apiserver; else the pod's account"),
  CONTEXT("context", Group.UPSTREAM, ValueKind.TEXT, "", "its context, else the current one"),
  UPSTREAM_IDENTITY(
      "upstream-identity",
      Group.UPSTREAM,
      ValueKind.IDENTITY,
      "auto",
      "how upstream learns who asks, best first: pass-through,request-header,impersonation"),
  PROXY_CLIENT_CERT_FILE(
      "proxy-client-cert-file",
      Group.UPSTREAM,
      ValueKind.FILE,
      "",
      "front-proxy certificate, for request-header"),
  PROXY_CLIENT_KEY_FILE(
      "proxy-client-key-file", Group.UPSTREAM, ValueKind.FILE, "", "its private key"),
  ALLOW_PRIVILEGED_IMPERSONATION(
      "allow-privileged-impersonation",
      Group.UPSTREAM,
      ValueKind.BOOLEAN,
      "false",
      "impersonate though the credential may do more"),
  ALLOW_INSECURE_UPSTREAM(
      "allow-insecure-upstream",
      Group.UPSTREAM,
      ValueKind.BOOLEAN,
      "false",
      "plain http, or insecure-skip-tls-verify, will do"),
  IMPERSONATION_SERVICE_ACCOUNT(
      "impersonation-service-account",
      Group.UPSTREAM,
      ValueKind.SERVICE_ACCOUNT,
      "",
      "impersonate as this one, by tokens asked for it"),
  REQUEST_TIMEOUT(
      "request-timeout",
      Group.UPSTREAM,
      ValueKind.DURATION,
      "1m0s",
      "longest for a request, a quarter of it queued"),
  HOLD_WHILE_DOWN(
      "hold-while-down",
      Group.UPSTREAM,
      ValueKind.DURATION,
      "15s",
      "requests with seats wait so long for an upstream that is away; 0: not at all"),

  ANONYMOUS_AUTH(
      "anonymous-auth",
      Group.AUTHENTICATION,
      ValueKind.BOOLEAN,
      "true",
      "accept requests without credentials"),
  CLIENT_CA_FILE(
      "client-ca-file",
      Group.AUTHENTICATION,
      ValueKind.FILE,
      "",
      "CA of clients, else as the cluster publishes"),
  REQUESTHEADER_CLIENT_CA_FILE(
      "requestheader-client-ca-file",
      Group.AUTHENTICATION,
      ValueKind.FILE,
      "",
      "CA of front proxies before this one"),
  REQUESTHEADER_ALLOWED_NAMES(
      "requestheader-allowed-names",
      Group.AUTHENTICATION,
      ValueKind.LIST,
      "",
      "their common names; empty: any"),
  REQUESTHEADER_USERNAME_HEADERS(
      "requestheader-username-headers",
      Group.AUTHENTICATION,
      ValueKind.LIST,
      "",
      "headers with the user name"),
  REQUESTHEADER_UID_HEADERS(
      "requestheader-uid-headers", Group.AUTHENTICATION, ValueKind.LIST, "", "... with the UID"),
  REQUESTHEADER_GROUP_HEADERS(
      "requestheader-group-headers",
      Group.AUTHENTICATION,
      ValueKind.LIST,
      "",
      "... with the groups"),
  REQUESTHEADER_EXTRA_HEADERS_PREFIX(
      "requestheader-extra-headers-prefix",
      Group.AUTHENTICATION,
      ValueKind.LIST,
      "",
      "prefixes of headers with extra values"),

  ENABLE_PRIORITY_AND_FAIRNESS(
      "enable-priority-and-fairness",
      Group.FLOW_CONTROL,
      ValueKind.BOOLEAN,
      "true",
      "false: the two limits below, no queues"),
  MAX_REQUESTS_INFLIGHT(
      "max-requests-inflight",
      Group.FLOW_CONTROL,
      ValueKind.COUNT,
      "400",
      "reading at once; with the next: seats in all"),
  MAX_MUTATING_REQUESTS_INFLIGHT(
      "max-mutating-requests-inflight",
      Group.FLOW_CONTROL,
      ValueKind.COUNT,
      "200",
      "writing at once"),
  ADAPTIVE_SEATS(
      "adaptive-seats",
      Group.FLOW_CONTROL,
      ValueKind.BOOLEAN,
      "false",
      "as many seats as upstream bears, up to that sum"),
  MIN_SEATS(
      "min-seats",
      Group.FLOW_CONTROL,
      ValueKind.COUNT,
      "",
      "fewest then, and when upstream is back; else a twentieth of the sum, at least 3"),
  TARGET_DELAY(
      "target-delay",
      Group.FLOW_CONTROL,
      ValueKind.SHORT_DURATION,
      "5ms",
      "with adaptive seats: how long upstream may keep a tiny request waiting"),
  BURST_SEATS(
      "burst-seats",
      Group.FLOW_CONTROL,
      ValueKind.COUNT,
      "0",
      "with adaptive seats: beyond them, for levels with spec.limited.burst"),
  REPLICAS(
      "replicas",
      Group.FLOW_CONTROL,
      ValueKind.COUNT,
      "1",
      "proxies that serve together: each lets pass its part of a rate limit of scope Fleet"),
  FLOWCONTROL_SOURCE(
      "flowcontrol-source",
      Group.FLOW_CONTROL,
      ValueKind.SOURCE,
      "builtin",
      "origins of schemas and levels, later ones over earlier ones: builtin,files:DIR,crd,native"),
  CREATE_SUGGESTED_OBJECTS(
      "create-suggested-objects",
      Group.FLOW_CONTROL,
      ValueKind.BOOLEAN,
      "false",
      "keep the mandatory and suggested objects as custom resources; needs source crd"),
  LIST_COST(
      "list-cost",
      Group.FLOW_CONTROL,
      ValueKind.LIST_COST,
      "compatible",
      "width of lists: kube-apiserver's arithmetic, or what such lists weighed: learned"),
  ENFORCEMENT(
      "enforcement",
      Group.FLOW_CONTROL,
      ValueKind.ENFORCEMENT,
      "enforce",
      "or shadow; N% of users"),
  POLL_OBJECT_COUNTS(
      "poll-object-counts",
      Group.FLOW_CONTROL,
      ValueKind.BOOLEAN,
      "false",
      "objects counted by upstream's /metrics, not by passing lists"),
  EXPOSE_FLOW_HEADERS(
      "expose-flow-headers",
      Group.FLOW_CONTROL,
      ValueKind.BOOLEAN,
      "false",
      "schema and level in X-Apf-* response headers"),
  PLAIN_REFUSALS(
      "plain-refusals",
      Group.FLOW_CONTROL,
      ValueKind.BOOLEAN,
      "false",
      "a level refuses in kube-apiserver's words, without saying why"),

  MAX_CONNECTIONS(
      "max-connections",
      Group.LIMITS,
      ValueKind.COUNT,
      "40000",
      "of clients, beyond them accepting pauses; 0: no limit"),
  MAX_CONNECTIONS_PER_ADDRESS(
      "max-connections-per-address",
      Group.LIMITS,
      ValueKind.COUNT,
      "",
      "of one IPv4 address or IPv6 /64 once 80 % of all are open; else a quarter of all, 0: no limit"),
  MAX_NEW_CONNECTIONS_PER_ADDRESS(
      "max-new-connections-per-address",
      Group.LIMITS,
      ValueKind.COUNT,
      "100",
      "a second, five times as many at once, before it waits for others; 0: no limit"),
  MAX_TLS_HANDSHAKES(
      "max-tls-handshakes",
      Group.LIMITS,
      ValueKind.COUNT,
      "1000",
      "under way, a quarter of them of one address once 80 % are; 0: no limit"),
  UNLIMITED_ADDRESSES(
      "unlimited-addresses",
      Group.LIMITS,
      ValueKind.ADDRESSES,
      "127.0.0.0/8,::1",
      "no share of connections for these, such as load balancers"),

  MAX_WATCHES(
      "max-watches",
      Group.LIMITS,
      ValueKind.COUNT,
      "",
      "open; else one for each 48 KiB of the heap, 100000 at most, 0: no limit"),
  MAX_WATCHES_PER_USER(
      "max-watches-per-user",
      Group.LIMITS,
      ValueKind.COUNT,
      "",
      "open once 80 % of all are, all pods of a service account being one; else a twentieth of all, 0: no limit"),
  MAX_WATCH_STARTS_PER_USER(
      "max-watch-starts-per-user",
      Group.LIMITS,
      ValueKind.COUNT,
      "50",
      "a second, ten times as many at once, while 8000 wait for seats; 0: no limit"),
  RESPONSE_BUFFER(
      "response-buffer",
      Group.LIMITS,
      ValueKind.SIZE,
      "4MiB",
      "of a response with seats kept for a client that does not read, so that they go back; 0: none"),

  BREAK_GLASS_PORT(
      "break-glass-port",
      Group.BREAK_GLASS,
      ValueKind.PORT_OR_NONE,
      "0",
      "listener of its own for administrators, by client certificate only; 0: none"),
  BREAK_GLASS_BIND_ADDRESS(
      "break-glass-bind-address",
      Group.BREAK_GLASS,
      ValueKind.ADDRESS,
      "127.0.0.1",
      "where it listens"),
  BREAK_GLASS_CLIENT_CA_FILE(
      "break-glass-client-ca-file",
      Group.BREAK_GLASS,
      ValueKind.FILE,
      "",
      "CA of its clients, and no other"),
  BREAK_GLASS_GROUPS(
      "break-glass-groups",
      Group.BREAK_GLASS,
      ValueKind.LIST,
      "",
      "groups, one of which their certificates must name"),
  BREAK_GLASS_SEATS(
      "break-glass-seats",
      Group.BREAK_GLASS,
      ValueKind.COUNT,
      "4",
      "requests at upstream at once, beside all other seats"),

  ADMIN_BIND_ADDRESS(
      "admin-bind-address",
      Group.ADMIN,
      ValueKind.ADDRESS,
      "127.0.0.1",
      "where health, metrics and dumps are"),
  ADMIN_PORT("admin-port", Group.ADMIN, ValueKind.PORT, "8443", "its port"),
  ADMIN_TLS(
      "admin-tls",
      Group.ADMIN,
      ValueKind.BOOLEAN,
      "false",
      "TLS there; then others than this machine may read, by token and RBAC"),
  TOP_COUNTERS(
      "top-counters", Group.ADMIN, ValueKind.COUNTERS, "256", "heaviest known to top; 0: none"),
  TOP_METRICS("top-metrics", Group.ADMIN, ValueKind.FEW, "0", "heaviest users that metrics name"),
  ACCESS_LOG(
      "access-log",
      Group.ADMIN,
      ValueKind.OUTPUT,
      "",
      "where each request is told at its end, as a line of JSON; -: standard output"),
  ACCESS_LOG_SAMPLE(
      "access-log-sample",
      Group.ADMIN,
      ValueKind.PART,
      "1",
      "part of the requests told there; those refused, cut off, failed or slow always are"),
  ACCESS_LOG_SLOW("access-log-slow", Group.ADMIN, ValueKind.DURATION, "1s", "what is slow there"),
  RECORD(
      "record",
      Group.ADMIN,
      ValueKind.RECORDING,
      "",
      "where requests are recorded as lines of an audit log, for replay"),
  RECORD_MAX_SIZE(
      "record-max-size", Group.ADMIN, ValueKind.FILE_SIZE, "100MiB", "of one file there"),
  RECORD_MAX_FILES(
      "record-max-files", Group.ADMIN, ValueKind.FILES, "10", "that are kept, the newest"),
  RECORD_NAMES(
      "record-names",
      Group.ADMIN,
      ValueKind.NAMES,
      "plain",
      "plain, or hashed: users, namespaces, addresses by hash, objects not at all"),
  RECORD_NAMES_KEY_FILE(
      "record-names-key-file",
      Group.ADMIN,
      ValueKind.FILE,
      "",
      "key of those hashes, 32 bytes; the same for all replicas"),
  TRACING_CONFIG_FILE(
      "tracing-config-file",
      Group.ADMIN,
      ValueKind.FILE,
      "",
      "TracingConfiguration: where traces go, by OTLP over HTTP, and how many");

  private final String key;
  private final Group group;
  private final ValueKind kind;
  private final String defaultText;
  private final String help;

  Flag(String key, Group group, ValueKind kind, String defaultText, String help) {
    this.key = key;
    this.group = group;
    this.kind = kind;
    this.defaultText = defaultText;
    this.help = help;
  }

  /** Name in the configuration file. */
  String key() {
    return key;
  }

  /** Name on the command line. */
  String flag() {
    return "--" + key;
  }

  /** Name in the environment. */
  String variable() {
    return "APF_" + key.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  Group group() {
    return group;
  }

  ValueKind kind() {
    return kind;
  }

  /** Empty where there is none. */
  String defaultText() {
    return defaultText;
  }

  String help() {
    return help;
  }

  static Optional<Flag> byKey(String key) {
    return Arrays.stream(values()).filter(flag -> flag.key.equals(key)).findFirst();
  }
}
