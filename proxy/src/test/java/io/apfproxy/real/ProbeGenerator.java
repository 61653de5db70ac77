package io.apfproxy.real;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Makes requests of every kind, many of them odd, none of which changes anything: whoever may write
 * asks for a dry run. Equal seeds make equal requests.
 */
final class ProbeGenerator {
  /** What there is to ask for; names as the preparation of the run made them, or of nothing. */
  private record Type(
      String base, String resource, boolean namespaced, List<String> names, String manifest) {}

  private static final List<String> NAMESPACES =
      List.of("default", "default", "team-a", "kube-system", "absent");

  private static final List<Type> TYPES =
      List.of(
          type("/api/v1", "pods", true, "v1", "Pod", "shell"),
          type("/api/v1", "configmaps", true, "v1", "ConfigMap", "settings", "a.b-c"),
          type("/api/v1", "secrets", true, "v1", "Secret", "key"),
          type("/api/v1", "services", true, "v1", "Service", "kubernetes"),
          type("/api/v1", "endpoints", true, "v1", "Endpoints", "kube-scheduler"),
          type("/api/v1", "events", true, "v1", "Event"),
          type("/api/v1", "serviceaccounts", true, "v1", "ServiceAccount", "robot", "bot"),
          type("/api/v1", "namespaces", false, "v1", "Namespace", "default", "team-a"),
          type("/api/v1", "nodes", false, "v1", "Node", "fake-node"),
          type("/api/v1", "persistentvolumes", false, "v1", "PersistentVolume"),
          type("/apis/apps/v1", "deployments", true, "apps/v1", "Deployment", "web"),
          type("/apis/apps/v1", "daemonsets", true, "apps/v1", "DaemonSet"),
          type("/apis/batch/v1", "jobs", true, "batch/v1", "Job"),
          type(
              "/apis/coordination.k8s.io/v1",
              "leases",
              true,
              "coordination.k8s.io/v1",
              "Lease",
              "kube-scheduler",
              "kube-controller-manager",
              "mine"),
          type(
              "/apis/rbac.authorization.k8s.io/v1",
              "clusterroles",
              false,
              "rbac.authorization.k8s.io/v1",
              "ClusterRole",
              "view",
              "system:node"),
          type(
              "/apis/rbac.authorization.k8s.io/v1",
              "rolebindings",
              true,
              "rbac.authorization.k8s.io/v1",
              "RoleBinding"),
          type(
              "/apis/flowcontrol.apiserver.k8s.io/v1",
              "flowschemas",
              false,
              "flowcontrol.apiserver.k8s.io/v1",
              "FlowSchema",
              "exempt",
              "catch-all"),
          type(
              "/apis/apiextensions.k8s.io/v1",
              "customresourcedefinitions",
              false,
              "apiextensions.k8s.io/v1",
              "CustomResourceDefinition",
              "widgets.example.com"),
          type("/apis/example.com/v1", "widgets", true, "example.com/v1", "Widget", "gear"),
          type("/apis/unknown.example.com/v1", "things", true, "unknown.example.com/v1", "Thing"),
          type("/apis/apps/v1beta1", "deployments", true, "apps/v1beta1", "Deployment", "web"),
          type("/api/v2", "pods", true, "v2", "Pod", "shell"),
          type(
              "/apis/authentication.k8s.io/v1",
              "selfsubjectreviews",
              false,
              "authentication.k8s.io/v1",
              "SelfSubjectReview"),
          type(
              "/apis/authorization.k8s.io/v1",
              "selfsubjectaccessreviews",
              false,
              "authorization.k8s.io/v1",
              "SelfSubjectAccessReview"));

  private static final List<String> SUBRESOURCES =
      List.of(
          "status",
          "scale",
          "log",
          "exec",
          "attach",
          "portforward",
          "proxy",
          "proxy/a/b",
          "eviction",
          "binding",
          "token",
          "finalize",
          "ephemeralcontainers",
          "nothing");

  private static final List<String> PLAIN_PATHS =
      List.of(
          "/",
          "/api",
          "/api/",
          "/api/v1",
          "/api/v1/",
          "/apis",
          "/apis/apps",
          "/apis/apps/v1",
          "/apis/unknown.example.com/v1",
          "/version",
          "/version/",
          "/healthz",
          "/healthz/ping",
          "/livez",
          "/livez/ping",
          "/livez?verbose",
          "/readyz",
          "/readyz?exclude=etcd",
          "/readyz/ping",
          "/openapi/v3",
          "/openapi/v3/api/v1",
          "/.well-known/openid-configuration",
          "/openid/v1/jwks",
          "/nothing/here",
          "/API/v1/pods",
          "/api/v1/watch",
          "/api/v1/proxy",
          "/apis/apps/v1/watch",
          "/metrics/nothing",
          "/debug/pprof/",
          "/debug/pprof/cmdline",
          "/debug/nothing",
          "/logs",
          "/favicon.ico",
          "/index.html",
          "/ui",
          "/robots.txt");

  private static final List<String> READS = List.of("GET", "GET", "GET", "GET", "GET", "HEAD");
  private static final List<String> WRITES = List.of("POST", "PUT", "PATCH", "DELETE", "DELETE");
  private static final List<String> OTHERS = List.of("OPTIONS", "FOO", "get", "PROPFIND", "Post");

  private static final List<String> ACCEPT =
      List.of(
          "application/json",
          "application/vnd.kubernetes.protobuf",
          "application/json;as=Table;v=v1;g=meta.k8s.io, application/json",
          "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
          "application/yaml",
          "*/*",
          "text/html",
          "application/vnd.nothing");

  private static final List<String> CONTENT_TYPES =
      List.of(
          "application/json",
          "application/merge-patch+json",
          "application/strategic-merge-patch+json",
          "application/apply-patch+yaml",
          "application/yaml",
          "application/nothing");

  private static final List<String> TRUTHS =
      List.of("watch", "watch=", "watch=1", "watch=true", "watch=no", "watch=T", "watch=%74rue");
  private static final List<String> FALSEHOODS =
      List.of("watch=0", "watch=false", "watch=FALSE", "watch=False&watch=true", "watch=f%61lse");

  private static final List<String> PARAMETERS =
      List.of(
          "limit=1",
          "limit=2",
          "limit=0",
          "limit=-1",
          "limit=abc",
          "limit=",
          "limit=1&limit=x",
          "resourceVersion=0",
          "resourceVersion=1",
          "resourceVersion=abc",
          "resourceVersion=0&resourceVersionMatch=NotOlderThan",
          "resourceVersionMatch=Exact",
          "continue=bad",
          "pretty=true",
          "pretty",
          "fieldSelector=metadata.name%3Dshell",
          "fieldSelector=metadata.name=settings",
          "fieldSelector=metadata.name==gear",
          "fieldSelector=metadata.name!=shell",
          "fieldSelector=metadata.name%3Db,metadata.name%3Da",
          "fieldSelector=metadata.name%3D..",
          "fieldSelector=metadata.name%3Da%2Fb",
          "fieldSelector=metadata.name%3Da%25b",
          "fieldSelector=metadata.name",
          "fieldSelector=metadata.name%3Da%5C%3Db",
          "fieldSelector=spec.nodeName%3Dfake-node",
          "fieldSelector=",
          "fieldSelector=metadata.name=",
          "fieldSelector=metadata.namespace%3Dteam-a,metadata.name%3Dsettings",
          "labelSelector=app%3Dweb",
          "labelSelector=app+in+(web,x)",
          "labelSelector=app",
          "labelSelector=!app",
          "labelSelector=%21app",
          "labelSelector=((",
          "labelSelector=a%3D%3Db",
          "timeoutSeconds=5",
          "timeoutSeconds=abc",
          "timeout=30s",
          "timeout=abc",
          "timeout=0s",
          "timeout=-3s",
          "timeout=1h",
          "timeout=",
          "gracePeriodSeconds=0",
          "propagationPolicy=Orphan",
          "propagationPolicy=x",
          "fieldManager=probe",
          "fieldValidation=Strict",
          "force=true",
          "fieldValidation=x",
          "export=true",
          "exact=true",
          "tailLines=1",
          "command=ls&stdout=1",
          "container=c",
          "ports=80",
          "path=/a",
          "sendInitialEvents=true",
          "allowWatchBookmarks=true",
          "dryRun=All",
          "dryRun=x",
          "dryRun=",
          "includeUninitialized=1");

  private static final List<String> ODD_PARAMETERS =
      List.of(
          "",
          "&",
          "=",
          "=x",
          "a",
          "a=b;c=d",
          "limit=1;watch=true",
          "%zz=1",
          "a=%zz",
          "a=%",
          "+=+",
          "a%20b=c+d",
          "a=b=c",
          "a==",
          "&&x=1",
          "?",
          "?limit=1",
          "a=/b/../c",
          "a=//",
          "%6Cimit=1",
          "LIMIT=1",
          "Watch=true",
          "fieldselector=metadata.name%3Dx",
          "a=%00",
          "a=%ff",
          "a=\"<>|`",
          "a[]=1",
          "a={}",
          "a=%C3%A9",
          "a=%2B+%26",
          "watch%00=1",
          "a=%2523");

  private final Random random;
  private final List<String> callers;

  ProbeGenerator(long seed, List<String> callers) {
    this.random = new Random(seed);
    this.callers = List.copyOf(callers);
  }

  /** The next so many requests. */
  List<Probe> generate(int count) {
    return IntStream.range(0, count).mapToObj(this::probe).toList();
  }

  private static Type type(
      String base,
      String resource,
      boolean namespaced,
      String apiVersion,
      String kind,
      String... names) {
    return new Type(
        base,
        resource,
        namespaced,
        List.of(names),
        "{\"apiVersion\":\""
            + apiVersion
            + "\",\"kind\":\""
            + kind
            + "\",\"metadata\":{\"name\":\"%s\"}}");
  }

  private Probe probe(int number) {
    String caller = pick(callers);
    if (chance(0.01)) {
      return new Probe(number, caller, "GET", ambiguous(), List.of(), "");
    }
    if (chance(0.14)) {
      return plain(number, caller);
    }
    return resource(number, caller);
  }

  private String ambiguous() {
    return pick(
        List.of("*", "/api/v1/pods#x", "/api/v1/pods?a=\u00e9", "/api/v1/p\u00e9ds", "/#/"));
  }

  private Probe plain(int number, String caller) {
    String target = chance(0.6) ? pick(PLAIN_PATHS) : odd(pick(PLAIN_PATHS));
    if (chance(0.2)) {
      target += (target.contains("?") ? "&" : "?") + pick(ODD_PARAMETERS);
    }
    String method = chance(0.75) ? pick(READS) : pick(chance(0.5) ? OTHERS : WRITES);
    return new Probe(number, caller, method, target, headers(""), "");
  }

  private Probe resource(int number, String caller) {
    Type type = pick(TYPES);
    String name = chance(0.7) && !type.names().isEmpty() ? pick(type.names()) : oddName();
    boolean named = chance(0.5);
    StringBuilder path = new StringBuilder(type.base());
    boolean watched = chance(0.03);
    if (watched) {
      path.append("/watch");
    } else if (chance(0.01)) {
      path.append("/proxy");
    }
    if (chance(type.namespaced() ? 0.8 : 0.05)) {
      path.append("/namespaces/").append(pick(NAMESPACES));
    }
    path.append('/').append(type.resource());
    if (named) {
      path.append('/').append(name);
      if (chance(0.35)) {
        path.append('/').append(pick(SUBRESOURCES));
      }
    }
    String target = chance(0.35) ? odd(path.toString()) : path.toString();
    if (chance(0.004)) {
      target = "https://other.example.com" + target;
    }
    double kind = random.nextDouble();
    if (kind < 0.62) {
      return new Probe(number, caller, pick(READS), target + readQuery(watched), headers(""), "");
    }
    if (kind < 0.66) {
      return new Probe(number, caller, pick(OTHERS), target + writeQuery(), headers(""), "");
    }
    String method = pick(WRITES);
    String body = method.equals("DELETE") ? deletion() : body(type, name);
    return new Probe(number, caller, method, target + writeQuery(), headers(body), body);
  }

  private String readQuery(boolean watched) {
    List<String> parameters = new ArrayList<>();
    if (watched) {
      parameters.add("timeoutSeconds=1");
    } else if (chance(0.05)) {
      parameters.add("timeoutSeconds=1");
      parameters.add(pick(TRUTHS));
    } else if (chance(0.05)) {
      parameters.add(pick(FALSEHOODS));
    }
    return further(parameters);
  }

  private String writeQuery() {
    List<String> parameters = new ArrayList<>(List.of("dryRun=All", "timeoutSeconds=1"));
    return further(parameters);
  }

  private String further(List<String> parameters) {
    while (chance(0.4)) {
      parameters.add(pick(PARAMETERS));
    }
    while (chance(0.15)) {
      parameters.add(pick(ODD_PARAMETERS));
    }
    if (parameters.isEmpty()) {
      return chance(0.03) ? "?" : "";
    }
    return "?" + String.join("&", parameters);
  }

  /** A body takes the place of the query's options. */
  private String deletion() {
    return chance(0.8)
        ? ""
        : "{\"apiVersion\":\"v1\",\"kind\":\"DeleteOptions\",\"dryRun\":[\"All\"]}";
  }

  private String body(Type type, String name) {
    if (chance(0.1)) {
      return pick(List.of("{}", "{", "[]", "null", "apiVersion: v1", "[{\"op\":\"test\"}]"));
    }
    return String.format(type.manifest(), name.contains("%") ? "probe" : name);
  }

  private List<String> headers(String body) {
    List<String> lines = new ArrayList<>();
    if (chance(0.5)) {
      lines.add("Accept: " + pick(ACCEPT));
    }
    if (chance(0.1)) {
      lines.add("Accept-Encoding: gzip");
    }
    if (!body.isEmpty() && chance(0.95)) {
      lines.add("Content-Type: " + pick(CONTENT_TYPES));
    }
    return lines;
  }

  private String oddName() {
    return pick(
        List.of(
            "absent",
            "ABSENT",
            "a+b",
            "a%20b",
            "a%2Fb",
            "a%2fb",
            "..",
            ".",
            "%2e%2e",
            "%2E",
            "a:b",
            "a;b",
            "a,b",
            "a=b",
            "a@b",
            "a~b",
            "%61bsent",
            "%00",
            "%ff",
            "%C3%A9",
            "a%25b",
            "a%3Fb",
            "a%23b",
            "a'b",
            "(a)",
            "*",
            "$a",
            "a!b",
            "watch",
            "namespaces",
            "proxy",
            "status",
            "\"q\"",
            "<x>",
            "{a}",
            "a|b",
            "a^b",
            "a\\b",
            "x".repeat(300)));
  }

  /** The same path in another spelling, or one that only looks the same. */
  private String odd(String path) {
    int slash = slashIn(path);
    int at = 1 + random.nextInt(Math.max(1, path.length() - 1));
    return switch (random.nextInt(14)) {
      case 0 -> path + "/";
      case 1 -> path + "//";
      case 2 -> path.substring(0, slash) + "/" + path.substring(slash);
      case 3 -> path.substring(0, slash) + "%2F" + path.substring(slash + 1);
      case 4 -> path.substring(0, slash) + "%2f" + path.substring(slash + 1);
      case 5 -> path.substring(0, slash) + "/." + path.substring(slash);
      case 6 -> path.substring(0, slash) + "/x/.." + path.substring(slash);
      case 7 -> path.substring(0, slash) + "/%2e%2e" + path.substring(slash);
      case 8 -> at < path.length() ? escaped(path, at, "%%%02X") : path + "%20";
      case 9 -> at < path.length() ? escaped(path, at, "%%%02x") : path + "%20";
      case 10 -> "/" + path;
      case 11 -> path + pick(List.of("%20", "+", ";v=1", "%00", "%ff", "%", "%2", "%zz", ".."));
      case 12 -> path.substring(0, slash) + "/%20" + path.substring(slash);
      default ->
          at < path.length()
              ? path.substring(0, at)
                  + Character.toUpperCase(path.charAt(at))
                  + path.substring(at + 1)
              : path;
    };
  }

  private static String escaped(String path, int at, String format) {
    return path.charAt(at) == '%' || path.charAt(at) == '?'
        ? path
        : path.substring(0, at)
            + String.format(format, (int) path.charAt(at))
            + path.substring(at + 1);
  }

  private int slashIn(String path) {
    List<Integer> slashes =
        IntStream.range(0, path.length()).filter(i -> path.charAt(i) == '/').boxed().toList();
    return pick(slashes);
  }

  private boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
