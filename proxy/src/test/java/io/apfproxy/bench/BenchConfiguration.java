package io.apfproxy.bench;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.FlowSchema.ResourceRule;
import io.apfproxy.config.FlowSchema.Rule;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.config.ObjectMeta;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.LimitResponse;
import io.apfproxy.config.PriorityLevelConfiguration.Limited;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** As many flow schemas as are wanted, all but two of them for one tenant each. */
final class BenchConfiguration {
  private static final List<String> ALL = List.of("*");
  private static final String LEVEL = "tenants";

  private BenchConfiguration() {}

  /**
   * The mandatory schemas and one for each tenant; all tenants share a level of 128 queues.
   *
   * @param schemas in all, at least 3
   */
  static FlowControlConfiguration of(int schemas, Tenants tenants) {
    List<FlowSchema> objects = new ArrayList<>();
    for (int tenant = 0; tenant < schemas - 2; tenant++) {
      objects.add(
          new FlowSchema(
              ObjectMeta.of("tenant-%04d".formatted(tenant), "", Map.of()),
              new FlowSchema.Spec(
                  LEVEL, 1000 + tenant, FlowSchema.BY_USER, List.of(rule(tenants, tenant))),
              List.of()));
    }
    PriorityLevelConfiguration level =
        new PriorityLevelConfiguration(
            ObjectMeta.of(LEVEL, "", Map.of()),
            new PriorityLevelConfiguration.Spec(
                PriorityLevelConfiguration.LIMITED,
                new Limited(
                    100,
                    0,
                    0,
                    new LimitResponse(
                        PriorityLevelConfiguration.QUEUE, new Queuing(128, 6, 10_000))),
                null),
            List.of());
    return FlowControlConfiguration.digest(objects, List.of(level), null);
  }

  /** Of one tenant. */
  static List<Rule> rules(Tenants tenants, int tenant) {
    return List.of(rule(tenants, tenant));
  }

  private static Rule rule(Tenants tenants, int tenant) {
    Subject subject =
        switch (tenants) {
          case USERS -> Subject.user("user-" + tenant);
          case GROUPS -> Subject.group("group-" + tenant);
          case SERVICE_ACCOUNTS -> Subject.serviceAccount("namespace-" + tenant, "*");
          case NAMESPACES -> Subject.group(UserInfo.AUTHENTICATED);
        };
    List<String> namespaces = tenants == Tenants.NAMESPACES ? List.of("namespace-" + tenant) : ALL;
    return new Rule(
        List.of(subject),
        List.of(new ResourceRule(ALL, ALL, ALL, tenants != Tenants.NAMESPACES, namespaces)),
        List.of());
  }

  /** Reads a pod of one tenant. */
  static RequestDigest get(Tenants tenants, int tenant) {
    UserInfo user =
        switch (tenants) {
          case USERS -> user("user-" + tenant, "group");
          case GROUPS -> user("user", "group-" + tenant);
          case SERVICE_ACCOUNTS ->
              user("system:serviceaccount:namespace-" + tenant + ":default", "group");
          case NAMESPACES -> user("user", "group");
        };
    return digest(user, "namespace-" + tenant);
  }

  /** Reads a pod of the first tenant, by a user whose requests never wait. */
  static RequestDigest getExempt() {
    return digest(user("admin", UserInfo.MASTERS), "namespace-0");
  }

  private static UserInfo user(String name, String group) {
    return UserInfo.of(name, group, UserInfo.AUTHENTICATED);
  }

  private static RequestDigest digest(UserInfo user, String namespace) {
    RequestInfo info =
        new RequestInfo(
            true,
            "/api/v1/namespaces/" + namespace + "/pods/web-0",
            "get",
            "api",
            "",
            "v1",
            namespace,
            "pods",
            "",
            "web-0",
            "",
            "");
    return new RequestDigest(info, user, "");
  }
}
