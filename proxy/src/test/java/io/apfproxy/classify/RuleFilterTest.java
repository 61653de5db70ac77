package io.apfproxy.classify;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.FlowSchema.ResourceRule;
import io.apfproxy.config.FlowSchema.Rule;
import io.apfproxy.config.FlowSchema.Subject;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.UserInfo;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What finding a schema costs as there are more of them: exact checks, counted, not timed. */
class RuleFilterTest {
  private static final List<String> ALL = List.of("*");

  @ParameterizedTest
  @ValueSource(ints = {11, 1_000, 10_000})
  void looksAtOneOfAsManyAsTellUsersApart(int number) throws RefusedException {
    RuleFilter filter = filter(number, i -> rule(Subject.user("user-" + i), ALL));

    assertThat(looksAt(filter, UserInfo.of("user-" + (number - 1)), "a")).isEqualTo(1);
    assertThat(looksAt(filter, UserInfo.of("nobody"), "a")).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 1_000, 10_000})
  void looksAtOneForEachGroup(int number) throws RefusedException {
    RuleFilter filter = filter(number, i -> rule(Subject.group("group-" + i), ALL));

    assertThat(looksAt(filter, UserInfo.of("alice", "group-3", "group-" + (number - 1)), "a"))
        .isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 1_000, 10_000})
  void looksAtOneOfAsManyAsTellNamespacesApart(int number) throws RefusedException {
    RuleFilter filter =
        filter(number, i -> rule(Subject.group(UserInfo.AUTHENTICATED), List.of("namespace-" + i)));
    UserInfo user = UserInfo.of("alice", UserInfo.AUTHENTICATED);

    assertThat(looksAt(filter, user, "namespace-" + (number - 1))).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 1_000, 10_000})
  void looksAtOneOfAsManyAsTellServiceAccountsApart(int number) throws RefusedException {
    RuleFilter filter =
        filter(number, i -> rule(Subject.serviceAccount("namespace-" + i, "*"), ALL));
    UserInfo user = UserInfo.of("system:serviceaccount:namespace-" + (number - 1) + ":default");

    assertThat(looksAt(filter, user, "a")).isEqualTo(1);
  }

  private static RuleFilter filter(int number, IntFunction<Rule> rule) {
    return new RuleFilter(IntStream.range(0, number).mapToObj(rule).map(List::of).toList());
  }

  private static Rule rule(Subject subject, List<String> namespaces) {
    return new Rule(
        List.of(subject), List.of(new ResourceRule(ALL, ALL, ALL, true, namespaces)), List.of());
  }

  private static int looksAt(RuleFilter filter, UserInfo user, String namespace)
      throws RefusedException {
    RequestInfo info =
        RequestInfoParser.parse(
            "GET", RequestTarget.parse("/api/v1/namespaces/" + namespace + "/pods/web-0"));
    String namespaceOfUser =
        filter.namesNamespaces() ? Subjects.accountNamespace(user.name()) : null;
    return Arrays.stream(filter.candidates(info, user, namespaceOfUser))
        .mapToInt(Long::bitCount)
        .sum();
  }
}
