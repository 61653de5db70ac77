package io.apfproxy.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.FlowSchema;
import io.apfproxy.config.FlowSchema.NonResourceRule;
import io.apfproxy.config.FlowSchema.ResourceRule;
import io.apfproxy.config.FlowSchema.Rule;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.config.ObjectMeta;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration.LimitResponse;
import io.apfproxy.config.PriorityLevelConfiguration.Limited;
import io.apfproxy.config.PriorityLevelConfiguration.Queuing;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.UserInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The filter never changes the answer: random configurations and requests against a plain walk. */
class ClassifierPropertyTest {
  private static final List<String> USERS =
      List.of(
          "*",
          "alice",
          "bob",
          "",
          "system:serviceaccount:a:x",
          "system:serviceaccount:a:",
          "system:serviceaccount:b:x",
          "system:serviceaccount:ab:y");
  private static final List<String> GROUPS = List.of("*", "dev", "ops", "system:authenticated");
  private static final List<String> NAMESPACES = List.of("*", "a", "b", "ab");
  private static final List<String> VERBS =
      List.of("*", "get", "list", "watch", "create", "delete", "proxy");
  private static final List<String> API_GROUPS = List.of("*", "", "apps", "batch");
  private static final List<String> RESOURCES =
      List.of("*", "pods", "pods/status", "nodes", "pods/*", "namespaces", "");
  private static final List<String> URLS =
      List.of(
          "*", "/", "/healthz", "/healthz/", "/healthz/*", "/x", "/x/*", "/*", "/x/y", "/h*", "");
  private static final List<String> TARGETS =
      List.of(
          "/",
          "/healthz",
          "/healthz/",
          "/healthz/etcd",
          "/healthzx",
          "/x",
          "/x/y",
          "/x/y/z",
          "//x",
          "/h*",
          "/apis",
          "/api/v1/pods",
          "/api/v1/nodes/n",
          "/api/v1/namespaces",
          "/api/v1/namespaces/a",
          "/api/v1/namespaces/a/pods",
          "/api/v1/namespaces/b/pods/p/status",
          "/api/v1/watch/pods",
          "/api/v1/proxy/namespaces/a/pods/p",
          "/apis/apps/v1/namespaces/ab/pods/p",
          "/apis/batch/v1/pods?watch=1",
          "/api/v1//pods");

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 20, 62, 63, 64, 65, 200})
  void equalsAWalkOverAllSchemas(int size) throws Exception {
    Random random = new Random(size);
    Set<Integer> positionsSeen = new HashSet<>();
    for (int round = 0; round < 30; round++) {
      FlowControlConfiguration configuration = configuration(random, size);
      Classifier classifier = new Classifier(configuration);
      for (int i = 0; i < 60; i++) {
        String method = pick(random, List.of("GET", "POST", "DELETE", "HEAD", "OPTIONS"));
        RequestInfo info =
            RequestInfoParser.parse(method, RequestTarget.parse(pick(random, TARGETS)));
        UserInfo user =
            UserInfo.of(
                pick(random, USERS),
                some(random, () -> pick(random, GROUPS), 0).toArray(String[]::new));

        FlowMatch match = classifier.classify(info, user);

        assertThat(match.schema())
            .as("%s by %s", info, user)
            .isSameAs(walk(configuration, info, user));
        positionsSeen.add(match.schemaIndex());
      }
    }
    assertThat(positionsSeen).hasSizeGreaterThan(size / 3);
  }

  /** What the specification says, word for word: no sets, no precomputation. */
  private static FlowSchema walk(
      FlowControlConfiguration configuration, RequestInfo info, UserInfo user) {
    return configuration.schemas().stream()
        .filter(
            schema -> schema.spec().rules().stream().anyMatch(rule -> matches(rule, info, user)))
        .findFirst()
        .orElseGet(
            () ->
                configuration.schemas().stream()
                    .filter(schema -> schema.name().equals("catch-all"))
                    .findFirst()
                    .orElseThrow());
  }

  private static boolean matches(Rule rule, RequestInfo info, UserInfo user) {
    return rule.subjects().stream().anyMatch(subject -> matches(subject, user))
        && (info.resourceRequest()
            ? rule.resourceRules().stream().anyMatch(resource -> matches(resource, info))
            : rule.nonResourceRules().stream().anyMatch(path -> matches(path, info)));
  }

  private static boolean matches(Subject subject, UserInfo user) {
    if (subject.user() != null) {
      return subject.user().equals("*") || subject.user().equals(user.name());
    }
    if (subject.group() != null) {
      return subject.group().equals("*") || user.groups().contains(subject.group());
    }
    FlowSchema.ServiceAccount account = subject.serviceAccount();
    if (account == null) {
      return false;
    }
    String prefix = "system:serviceaccount:" + account.namespace() + ":";
    return account.name().equals("*")
        ? user.name().startsWith(prefix)
        : user.name().equals(prefix + account.name());
  }

  private static boolean matches(ResourceRule rule, RequestInfo info) {
    String resource =
        info.subresource().isEmpty() ? info.resource() : info.resource() + "/" + info.subresource();
    return contains(rule.verbs(), info.verb())
        && contains(rule.apiGroups(), info.apiGroup())
        && contains(rule.resources(), resource)
        && (info.namespace().isEmpty()
            ? rule.clusterScope()
            : contains(rule.namespaces(), info.namespace()));
  }

  private static boolean matches(NonResourceRule rule, RequestInfo info) {
    return contains(rule.verbs(), info.verb())
        && (rule.urls().equals(List.of("*"))
            || rule.urls().stream()
                .anyMatch(
                    url -> {
                      String stem = url.replaceFirst("\\*$", "");
                      return url.equals(info.path())
                          || info.path().startsWith(stem.endsWith("/") ? stem : stem + "/");
                    }));
  }

  private static boolean contains(List<String> values, String value) {
    return values.equals(List.of("*")) || values.contains(value);
  }

  private static FlowControlConfiguration configuration(Random random, int size) {
    List<FlowSchema> schemas = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      schemas.add(
          new FlowSchema(
              ObjectMeta.of("s" + i, "", Map.of()),
              new FlowSchema.Spec(
                  "level", 1 + random.nextInt(50), "ByUser", some(random, () -> rule(random), 0)),
              List.of()));
    }
    PriorityLevelConfiguration level =
        new PriorityLevelConfiguration(
            ObjectMeta.of("level", "", Map.of()),
            new PriorityLevelConfiguration.Spec(
                "Limited",
                new Limited(30, 0, null, new LimitResponse("Queue", new Queuing(64, 8, 50))),
                null),
            List.of());
    Collections.shuffle(schemas, random);
    return FlowControlConfiguration.digest(schemas, List.of(level), null);
  }

  private static Rule rule(Random random) {
    return new Rule(
        some(random, () -> subject(random), 1),
        some(
            random,
            () ->
                new ResourceRule(
                    values(random, VERBS),
                    values(random, API_GROUPS),
                    values(random, RESOURCES),
                    random.nextBoolean(),
                    values(random, NAMESPACES)),
            0),
        some(random, () -> new NonResourceRule(values(random, VERBS), values(random, URLS)), 0));
  }

  private static Subject subject(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> Subject.user(rarelyAny(random, USERS));
      case 1 -> Subject.group(rarelyAny(random, GROUPS));
      default ->
          Subject.serviceAccount(pick(random, NAMESPACES), pick(random, List.of("*", "x", "y")));
    };
  }

  private static List<String> values(Random random, List<String> from) {
    return random.nextInt(6) == 0
        ? List.of("*")
        : Stream.generate(() -> rarelyAny(random, from)).limit(1 + random.nextInt(2)).toList();
  }

  /** Mostly not the first value, which is the wildcard: else one schema would take everything. */
  private static String rarelyAny(Random random, List<String> from) {
    return random.nextInt(12) == 0 ? from.get(0) : pick(random, from.subList(1, from.size()));
  }

  private static <T> List<T> some(Random random, Supplier<T> one, int least) {
    return Stream.generate(one).limit(least + random.nextInt(3)).toList();
  }

  private static <T> T pick(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
