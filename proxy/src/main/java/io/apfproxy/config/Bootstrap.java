package io.apfproxy.config;

import static io.apfproxy.config.FlowSchema.BY_NAMESPACE;
import static io.apfproxy.config.FlowSchema.BY_USER;
import static io.apfproxy.config.PriorityLevelConfiguration.LIMITED;
import static io.apfproxy.config.PriorityLevelConfiguration.QUEUE;
import static io.apfproxy.config.PriorityLevelConfiguration.REJECT;

import io.apfproxy.config.FlowSchema.NonResourceRule;
import io.apfproxy.config.FlowSchema.ResourceRule;
import io.apfproxy.config.FlowSchema.Rule;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.config.PriorityLevelConfiguration.Exempt;
import io.apfproxy.config.PriorityLevelConfiguration.LimitResponse;
import io.apfproxy.config.PriorityLevelConfiguration.Limited;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import io.apfproxy.request.UserInfo;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The objects every kube-apiserver has: two mandatory of each kind, and the suggested ones. Source:
 * reference, pkg/apis/flowcontrol/bootstrap/default.go.
 */
public final class Bootstrap {
  /** Name of a mandatory schema and of its level. */
  public static final String EXEMPT = "exempt";

  /** Name of a mandatory schema and of its level. */
  public static final String CATCH_ALL = "catch-all";

  private static final Map<String, String> ANNOTATIONS =
      Map.of(BootstrapUpkeep.AUTO_UPDATE, "true");

  private static final List<String> ANY = List.of("*");
  private static final ResourceRule ALL_RESOURCES = new ResourceRule(ANY, ANY, ANY, true, ANY);
  private static final NonResourceRule ALL_PATHS = new NonResourceRule(ANY, ANY);
  private static final List<Subject> EVERYBODY =
      List.of(Subject.group(UserInfo.UNAUTHENTICATED), Subject.group(UserInfo.AUTHENTICATED));

  private static final PriorityLevelConfiguration EXEMPT_LEVEL =
      level(
          EXEMPT,
          new PriorityLevelConfiguration.Spec(
              PriorityLevelConfiguration.EXEMPT, null, new Exempt(0, 0)));
  private static final PriorityLevelConfiguration CATCH_ALL_LEVEL =
      level(CATCH_ALL, 5, 0, new LimitResponse(REJECT, null));
  private static final FlowSchema EXEMPT_SCHEMA =
      schema(1, EXEMPT, EXEMPT, null, all(List.of(Subject.group(UserInfo.MASTERS))));
  private static final FlowSchema CATCH_ALL_SCHEMA =
      schema(10000, CATCH_ALL, CATCH_ALL, BY_USER, all(EVERYBODY));

  private static final List<PriorityLevelConfiguration> LEVELS =
      List.of(
          EXEMPT_LEVEL,
          CATCH_ALL_LEVEL,
          level("system", 30, 33, queue(64, 6)),
          level("node-high", 40, 25, queue(64, 6)),
          level("leader-election", 10, 0, queue(16, 4)),
          level("workload-high", 40, 50, queue(128, 6)),
          level("workload-low", 100, 90, queue(128, 6)),
          level("global-default", 20, 50, queue(128, 6)));

  private static final List<FlowSchema> SCHEMAS =
      List.of(
          EXEMPT_SCHEMA,
          CATCH_ALL_SCHEMA,
          schema(
              2,
              "probes",
              EXEMPT,
              null,
              new Rule(
                  EVERYBODY,
                  List.of(),
                  List.of(
                      new NonResourceRule(
                          List.of("get"), List.of("/healthz", "/readyz", "/livez"))))),
          schema(
              100,
              "system-leader-election",
              "leader-election",
              BY_USER,
              new Rule(
                  List.of(
                      Subject.user("system:kube-controller-manager"),
                      Subject.user("system:kube-scheduler"),
                      Subject.serviceAccount("kube-system", "*")),
                  List.of(leases(List.of("get", "create", "update"))),
                  List.of())),
          schema(
              400,
              "system-node-high",
              "node-high",
              BY_USER,
              new Rule(
                  List.of(Subject.group("system:nodes")),
                  List.of(
                      new ResourceRule(
                          ANY, List.of(""), List.of("nodes", "nodes/status"), true, ANY),
                      leases(ANY)),
                  List.of())),
          schema(
              500, "system-nodes", "system", BY_USER, all(List.of(Subject.group("system:nodes")))),
          schema(
              800,
              "kube-controller-manager",
              "workload-high",
              BY_NAMESPACE,
              all(List.of(Subject.user("system:kube-controller-manager")))),
          schema(
              800,
              "kube-scheduler",
              "workload-high",
              BY_NAMESPACE,
              all(List.of(Subject.user("system:kube-scheduler")))),
          schema(
              900,
              "kube-system-service-accounts",
              "workload-high",
              BY_NAMESPACE,
              all(List.of(Subject.serviceAccount("kube-system", "*")))),
          schema(
              9000,
              "service-accounts",
              "workload-low",
              BY_USER,
              all(List.of(Subject.group("system:serviceaccounts")))),
          schema(9900, "global-default", "global-default", BY_USER, all(EVERYBODY)));

  private Bootstrap() {}

  /** Mandatory schemas first, then the suggested ones. */
  public static List<FlowSchema> flowSchemas() {
    return SCHEMAS;
  }

  /** Mandatory levels first, then the suggested ones. */
  public static List<PriorityLevelConfiguration> priorityLevels() {
    return LEVELS;
  }

  /** Whether an object of this name must exist, with the built-in spec. */
  public static boolean isMandatory(String name) {
    return name.equals(EXEMPT) || name.equals(CATCH_ALL);
  }

  static FlowSchema exemptSchema() {
    return EXEMPT_SCHEMA;
  }

  static FlowSchema catchAllSchema() {
    return CATCH_ALL_SCHEMA;
  }

  static PriorityLevelConfiguration exemptLevel() {
    return EXEMPT_LEVEL;
  }

  static PriorityLevelConfiguration catchAllLevel() {
    return CATCH_ALL_LEVEL;
  }

  private static LimitResponse queue(int queues, int handSize) {
    return new LimitResponse(QUEUE, new Queuing(queues, handSize, 50));
  }

  private static PriorityLevelConfiguration level(
      String name, int shares, int lendablePercent, LimitResponse response) {
    return level(
        name,
        new PriorityLevelConfiguration.Spec(
            LIMITED, new Limited(shares, lendablePercent, null, response), null));
  }

  private static PriorityLevelConfiguration level(
      String name, PriorityLevelConfiguration.Spec spec) {
    return new PriorityLevelConfiguration(ObjectMeta.of(name, "", ANNOTATIONS), spec, List.of());
  }

  private static FlowSchema schema(
      int precedence, String name, String level, @Nullable String distinguisher, Rule rule) {
    return new FlowSchema(
        ObjectMeta.of(name, "", ANNOTATIONS),
        new FlowSchema.Spec(level, precedence, distinguisher, List.of(rule)),
        List.of());
  }

  private static Rule all(List<Subject> subjects) {
    return new Rule(subjects, List.of(ALL_RESOURCES), List.of(ALL_PATHS));
  }

  private static ResourceRule leases(List<String> verbs) {
    return new ResourceRule(verbs, List.of("coordination.k8s.io"), List.of("leases"), false, ANY);
  }
}
