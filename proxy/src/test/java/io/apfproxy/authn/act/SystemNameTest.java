package io.apfproxy.authn.act;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SystemNameTest {
  @ParameterizedTest
  @CsvSource({
    "system:node:n-1.example, NODE, '', n-1.example",
    "system:serviceaccount:kube-system:a.b, SERVICE_ACCOUNT, kube-system, a.b",
    "system:node:, OTHER, '', system:node:",
    "system:node:-n, OTHER, '', system:node:-n",
    "system:node:N, OTHER, '', system:node:N",
    "system:node:a..b, OTHER, '', system:node:a..b",
    "system:serviceaccount:a.b:c, OTHER, '', system:serviceaccount:a.b:c",
    "system:serviceaccount:a, OTHER, '', system:serviceaccount:a",
    "system:serviceaccount:a:, OTHER, '', system:serviceaccount:a:",
    "system:serviceaccount::b, OTHER, '', system:serviceaccount::b",
    "system:serviceaccount:a:b:c, OTHER, '', system:serviceaccount:a:b:c",
    "system:masters, OTHER, '', system:masters",
    "'', OTHER, '', ''"
  })
  void isWhatItsFormSays(String user, SystemName.Kind kind, String namespace, String name) {
    assertThat(SystemName.of(user)).isEqualTo(new SystemName(kind, namespace, name));
  }

  @Test
  void isNobodysWhereANameIsTooLong() {
    String account = "system:serviceaccount:";
    assertThat(SystemName.of("system:node:" + "a".repeat(253)).kind())
        .isEqualTo(SystemName.Kind.NODE);
    assertThat(SystemName.of("system:node:" + "a".repeat(254)).kind())
        .isEqualTo(SystemName.Kind.OTHER);
    assertThat(SystemName.of(account + "a".repeat(63) + ":b").kind())
        .isEqualTo(SystemName.Kind.SERVICE_ACCOUNT);
    assertThat(SystemName.of(account + "a".repeat(64) + ":b").kind())
        .isEqualTo(SystemName.Kind.OTHER);
    assertThat(SystemName.of(account + "a:" + "b".repeat(254)).kind())
        .isEqualTo(SystemName.Kind.OTHER);
  }
}
