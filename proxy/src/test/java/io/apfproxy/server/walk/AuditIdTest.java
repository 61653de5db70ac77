package io.apfproxy.server.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("B8")
@Tag("S21")
class AuditIdTest {
  private static String of(String... sent) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (String id : sent) {
      headers.add("audit-id", id);
    }
    return AuditId.of(headers);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "7ab1b24d-4530-4a3d-8333-ec6376e03a11", "x:y/z_1.2"})
  void keepsTheClientsNameOfARequest(String id) {
    assertThat(of(id)).isEqualTo(id);
  }

  @Test
  void keepsTheFirstOfSeveral() {
    assertThat(of("first", "second")).isEqualTo("first");
    assertThat(of("a".repeat(128))).hasSize(128);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a; client 192.0.2.1", "\u00e9", "a\tb", "a\"b"})
  void makesAFreshOneWhereItCouldBeMistakenForMore(String id) {
    assertThat(of(id))
        .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  }

  @Test
  void makesAFreshOneWhereNoneOrTooMuchWasSent() {
    assertThat(of()).hasSize(36).isNotEqualTo(of());
    assertThat(of("a".repeat(129))).hasSize(36);
  }
}
