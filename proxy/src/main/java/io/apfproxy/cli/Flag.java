package io.apfproxy.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Every flag of the proxy: name, default, meaning. A constant's name in lower case, with dashes, is
 * the flag's key in the configuration file; {@code --} before it makes the flag, and the constant's
 * name after {@code APF_} is its environment variable. Names and defaults are kube-apiserver's
 * where it has the flag.
 */
enum Flag {
  CONFIG(Group.GENERAL, ValueKind.FILE, "", "YAML file of flags, keys without dashes"),
  V(Group.GENERAL, ValueKind.COUNT, "0", "log level: 0 info, 4 debug, 6 trace"),

  BIND_ADDRESS(Group.LISTENER, ValueKind.ADDRESS, "0.0.0.0", "where to listen"),
  SECURE_PORT(Group.LISTENER, ValueKind.PORT, "6443", "HTTPS port"),
  CERT_DIR(
      Group.LISTENER,
      ValueKind.DIRECTORY,
      "~/.apf-proxy",
      "for the self-signed apf-proxy.crt and .key, made if no certificate is given"),
  TLS_CERT_FILE(Group.LISTENER, ValueKind.FILE, "", "serving certificate chain"),
  TLS_PRIVATE_KEY_FILE(Group.LISTENER, ValueKind.FILE, "", "its key"),
  EVENT_LOOPS(Group.LISTENER, ValueKind.COUNT, "0", "threads for traffic; 0: half the CPUs"),
  TRANSPORT(Group.LISTENER, ValueKind.TRANSPORT, "auto", "auto, io_uring, epoll or nio"),
  TLS_ENGINE(
      Group.LISTENER,
      ValueKind.TLS_ENGINE,
      "auto",
      "auto, boringssl (no Ed25519, P-521 of clients), jdk (dearer)"),
  GOAWAY_CHANCE(
      Group.LISTENER,
      ValueKind.CHANCE,
      "0",
      "part of HTTP/2 requests that move their client to a new connection"),
  TRUSTED_PROXIES(
      Group.LISTENER,
      ValueKind.ADDRESSES,
      "",
      "addresses of proxies in front, whose X-Forwarded-For or X-Real-Ip is believed"),
  CORS_ALLOWED_ORIGINS(
      Group.LISTENER,
      ValueKind.ORIGINS,
      "",
      "origins of web pages that may ask, regular expressions; as the server has it"),
  SHUTDOWN_DELAY_DURATION(
      Group.LISTENER, ValueKind.DURATION, "0s", "after SIGTERM serve on so long, not ready"),
  SHUTDOWN_GRACE(Group.LISTENER, ValueKind.DURATION, "30s", "then requests may finish"),
  WARM_UP(
      Group.LISTENER,
      ValueKind.WARM_UP,
      "2s",
      "before it is ready ask itself, so that the first requests are fast; 0: not at all"),

  KUBECONFIG(Group.UPSTREAM, ValueKind.FILE, "", "way to kube-apiserver; else the pod's account"),
  CONTEXT(Group.UPSTREAM, ValueKind.TEXT, "", "its context, else the current one"),
  UPSTREAM_IDENTITY(
      Group.UPSTREAM,
      ValueKind.IDENTITY,
      "auto",
      "how upstream learns who asks, best first: pass-through,request-header,impersonation"),
  PROXY_CLIENT_CERT_FILE(
      Group.UPSTREAM, ValueKind.FILE, "", "front-proxy certificate, for request-header"),
  PROXY_CLIENT_KEY_FILE(Group.UPSTREAM, ValueKind.FILE, "", "its private key"),
  ALLOW_PRIVILEGED_IMPERSONATION(
      Group.UPSTREAM, ValueKind.BOOLEAN, "false", "impersonate though the credential may do more"),
  ALLOW_INSECURE_UPSTREAM(
      Group.UPSTREAM,
      ValueKind.BOOLEAN,
      "false",
      "plain http, or insecure-skip-tls-verify, will do"),
  IMPERSONATION_SERVICE_ACCOUNT(
      Group.UPSTREAM,
      ValueKind.SERVICE_ACCOUNT,
      "",
      "impersonate as this one, by tokens asked for it"),
  REQUEST_TIMEOUT(
      Group.UPSTREAM, ValueKind.DURATION, "1m0s", "longest for a request, a quarter of it queued"),
  HOLD_WHILE_DOWN(
      Group.UPSTREAM,
      ValueKind.DURATION,
      "15s",
      "requests with seats wait so long for an upstream that is away; 0: not at all"),

  ANONYMOUS_AUTH(
      Group.AUTHENTICATION, ValueKind.BOOLEAN, "true", "accept requests without credentials"),
  CLIENT_CA_FILE(
      Group.AUTHENTICATION, ValueKind.FILE, "", "CA of clients, else as the cluster publishes"),
  REQUESTHEADER_CLIENT_CA_FILE(
      Group.AUTHENTICATION, ValueKind.FILE, "", "CA of front proxies before this one"),
  REQUESTHEADER_ALLOWED_NAMES(
      Group.AUTHENTICATION, ValueKind.LIST, "", "their common names; empty: any"),
  REQUESTHEADER_USERNAME_HEADERS(
      Group.AUTHENTICATION, ValueKind.LIST, "", "headers with the user name"),
  REQUESTHEADER_UID_HEADERS(Group.AUTHENTICATION, ValueKind.LIST, "", "... with the UID"),
  REQUESTHEADER_GROUP_HEADERS(Group.AUTHENTICATION, ValueKind.LIST, "", "... with the groups"),
  REQUESTHEADER_EXTRA_HEADERS_PREFIX(
      Group.AUTHENTICATION, ValueKind.LIST, "", "prefixes of headers with extra values"),

  ENABLE_PRIORITY_AND_FAIRNESS(
      Group.FLOW_CONTROL, ValueKind.BOOLEAN, "true", "false: the two limits below, no queues"),
  MAX_REQUESTS_INFLIGHT(
      Group.FLOW_CONTROL, ValueKind.COUNT, "400", "reading at once; with the next: seats in all"),
  MAX_MUTATING_REQUESTS_INFLIGHT(Group.FLOW_CONTROL, ValueKind.COUNT, "200", "writing at once"),
  ADAPTIVE_SEATS(
      Group.FLOW_CONTROL,
      ValueKind.BOOLEAN,
      "false",
      "as many seats as upstream bears, up to that sum"),
  MIN_SEATS(
      Group.FLOW_CONTROL,
      ValueKind.COUNT,
      "",
      "fewest then, and when upstream is back; else a twentieth of the sum, at least 3"),
  TARGET_DELAY(
      Group.FLOW_CONTROL,
      ValueKind.SHORT_DURATION,
      "5ms",
      "with adaptive seats: how long upstream may keep a tiny request waiting"),
  BURST_SEATS(
      Group.FLOW_CONTROL,
      ValueKind.COUNT,
      "0",
      "with adaptive seats: beyond them, for levels with spec.limited.burst"),
  REPLICAS(
      Group.FLOW_CONTROL,
      ValueKind.COUNT,
      "1",
      "proxies that serve together: each lets pass its part of a rate limit of scope Fleet"),
  FLOWCONTROL_SOURCE(
      Group.FLOW_CONTROL,
      ValueKind.SOURCE,
      "builtin",
      "origins of schemas and levels, later ones over earlier ones: builtin,files:DIR,crd,native"),
  CREATE_SUGGESTED_OBJECTS(
      Group.FLOW_CONTROL,
      ValueKind.BOOLEAN,
      "false",
      "keep the mandatory and suggested objects as custom resources; needs source crd"),
  LIST_COST(
      Group.FLOW_CONTROL,
      ValueKind.LIST_COST,
      "compatible",
      "width of lists: kube-apiserver's arithmetic, or what such lists weighed: learned"),
  ENFORCEMENT(Group.FLOW_CONTROL, ValueKind.ENFORCEMENT, "enforce", "or shadow; N% of users"),
  POLL_OBJECT_COUNTS(
      Group.FLOW_CONTROL,
      ValueKind.BOOLEAN,
      "false",
      "objects counted by upstream's /metrics, not by passing lists"),
  EXPOSE_FLOW_HEADERS(
      Group.FLOW_CONTROL,
      ValueKind.BOOLEAN,
      "false",
      "schema and level in X-Apf-* response headers"),
  PLAIN_REFUSALS(
      Group.FLOW_CONTROL,
      ValueKind.BOOLEAN,
      "false",
      "a level refuses in kube-apiserver's words, without saying why"),

  MAX_CONNECTIONS(
      Group.LIMITS,
      ValueKind.COUNT,
      "40000",
      "of clients, beyond them accepting pauses; 0: no limit"),
  MAX_CONNECTIONS_PER_ADDRESS(
      Group.LIMITS,
      ValueKind.COUNT,
      "",
      "of one IPv4 address or IPv6 /64 once 80 % of all are open; else a quarter of all, 0: no limit"),
  MAX_NEW_CONNECTIONS_PER_ADDRESS(
      Group.LIMITS,
      ValueKind.COUNT,
      "100",
      "a second, five times as many at once, before it waits for others; 0: no limit"),
  MAX_TLS_HANDSHAKES(
      Group.LIMITS,
      ValueKind.COUNT,
      "1000",
      "under way, a quarter of them of one address once 80 % are; 0: no limit"),
  UNLIMITED_ADDRESSES(
      Group.LIMITS,
      ValueKind.ADDRESSES,
      "127.0.0.0/8,::1",
      "no share of connections for these, such as load balancers"),

  MAX_WATCHES(
      Group.LIMITS,
      ValueKind.COUNT,
      "",
      "open; else one for each 48 KiB of the heap, 100000 at most, 0: no limit"),
  MAX_WATCHES_PER_USER(
      Group.LIMITS,
      ValueKind.COUNT,
      "",
      "open once 80 % of all are, all pods of a service account being one; else a twentieth of all, 0: no limit"),
  MAX_WATCH_STARTS_PER_USER(
      Group.LIMITS,
      ValueKind.COUNT,
      "50",
      "a second, ten times as many at once, while 8000 wait for seats; 0: no limit"),
  RESPONSE_BUFFER(
      Group.LIMITS,
      ValueKind.SIZE,
      "4MiB",
      "of a response with seats kept for a client that does not read, so that they go back; 0: none"),

  BREAK_GLASS_PORT(
      Group.BREAK_GLASS,
      ValueKind.PORT_OR_NONE,
      "0",
      "listener of its own for administrators, by client certificate only; 0: none"),
  BREAK_GLASS_BIND_ADDRESS(Group.BREAK_GLASS, ValueKind.ADDRESS, "127.0.0.1", "where it listens"),
  BREAK_GLASS_CLIENT_CA_FILE(
      Group.BREAK_GLASS, ValueKind.FILE, "", "CA of its clients, and no other"),
  BREAK_GLASS_GROUPS(
      Group.BREAK_GLASS, ValueKind.LIST, "", "groups, one of which their certificates must name"),
  BREAK_GLASS_SEATS(
      Group.BREAK_GLASS,
      ValueKind.COUNT,
      "4",
      "requests at upstream at once, beside all other seats"),

  ADMIN_BIND_ADDRESS(
      Group.ADMIN, ValueKind.ADDRESS, "127.0.0.1", "where health, metrics and dumps are"),
  ADMIN_PORT(Group.ADMIN, ValueKind.PORT, "8443", "its port"),
  ADMIN_TLS(
      Group.ADMIN,
      ValueKind.BOOLEAN,
      "false",
      "TLS there; then others than this machine may read, by token and RBAC"),
  TOP_COUNTERS(Group.ADMIN, ValueKind.COUNTERS, "256", "heaviest known to top; 0: none"),
  TOP_METRICS(Group.ADMIN, ValueKind.FEW, "0", "heaviest users that metrics name"),
  ACCESS_LOG(
      Group.ADMIN,
      ValueKind.OUTPUT,
      "",
      "where each request is told at its end, as a line of JSON; -: standard output"),
  ACCESS_LOG_SAMPLE(
      Group.ADMIN,
      ValueKind.PART,
      "1",
      "part of the requests told there; those refused, cut off, failed or slow always are"),
  ACCESS_LOG_SLOW(Group.ADMIN, ValueKind.DURATION, "1s", "what is slow there"),
  RECORD(
      Group.ADMIN,
      ValueKind.RECORDING,
      "",
      "where requests are recorded as lines of an audit log, for replay"),
  RECORD_MAX_SIZE(Group.ADMIN, ValueKind.FILE_SIZE, "100MiB", "of one file there"),
  RECORD_MAX_FILES(Group.ADMIN, ValueKind.FILES, "10", "that are kept, the newest"),
  RECORD_NAMES(
      Group.ADMIN,
      ValueKind.NAMES,
      "plain",
      "plain, or hashed: users, namespaces, addresses by hash, objects not at all"),
  RECORD_NAMES_KEY_FILE(
      Group.ADMIN, ValueKind.FILE, "", "key of those hashes, 32 bytes; the same for all replicas"),
  TRACING_CONFIG_FILE(
      Group.ADMIN,
      ValueKind.FILE,
      "",
      "TracingConfiguration: where traces go, by OTLP over HTTP, and how many");

  private final String key = name().toLowerCase(Locale.ROOT).replace('_', '-');
  private final Group group;
  private final ValueKind kind;
  private final String defaultText;
  private final String help;

  Flag(Group group, ValueKind kind, String defaultText, String help) {
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
    return "APF_" + name();
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
