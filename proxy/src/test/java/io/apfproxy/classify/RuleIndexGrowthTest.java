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
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What finding a schema costs as there are more of them: counted, not timed. */
class RuleIndexGrowthTest {
  private static final List<String> ALL = List.of("*");

  @ParameterizedTest
  @ValueSource(ints = {11, 1_000, 10_000})
  void looksAtOneOfAsManyAsTellUsersApart(int number) throws RefusedException {
    RuleIndex index = index(number, i -> rule(Subject.user("user-" + i), ALL));

    assertThat(looksAt(index, UserInfo.of("user-" + (number - 1)), "a")).isEqualTo(1);
    assertThat(looksAt(index, UserInfo.of("nobody"), "a")).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 1_000, 10_000})
  void looksAtOneForEachGroup(int number) throws RefusedException {
    RuleIndex index = index(number, i -> rule(Subject.group("group-" + i), ALL));

    assertThat(looksAt(index, UserInfo.of("alice", "group-3", "group-" + (number - 1)), "a"))
        .isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 1_000, 10_000})
  void looksAtOneOfAsManyAsTellNamespacesApart(int number) throws RefusedException {
    RuleIndex index =
        index(number, i -> rule(Subject.group(UserInfo.AUTHENTICATED), List.of("namespace-" + i)));
    UserInfo user = UserInfo.of("alice", UserInfo.AUTHENTICATED);

    assertThat(looksAt(index, user, "namespace-" + (number - 1))).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {11, 1_000, 10_000})
  void looksAtOneOfAsManyAsTellServiceAccountsApart(int number) throws RefusedException {
    RuleIndex index = index(number, i -> rule(Subject.serviceAccount("namespace-" + i, "*"), ALL));
    UserInfo user = UserInfo.of("system:serviceaccount:namespace-" + (number - 1) + ":default");

    assertThat(looksAt(index, user, "a")).isEqualTo(1);
  }

  private static RuleIndex index(int number, IntFunction<Rule> rule) {
    return new RuleIndex(IntStream.range(0, number).mapToObj(rule).map(List::of).toList());
  }

  private static Rule rule(Subject subject, List<String> namespaces) {
    return new Rule(
        List.of(subject), List.of(new ResourceRule(ALL, ALL, ALL, true, namespaces)), List.of());
  }

  private static int looksAt(RuleIndex index, UserInfo user, String namespace)
      throws RefusedException {
    RequestInfo info =
        RequestInfoParser.parse(
            "GET", RequestTarget.parse("/api/v1/namespaces/" + namespace + "/pods/web-0"));
    return index.mayMatch(info, user);
  }
}
