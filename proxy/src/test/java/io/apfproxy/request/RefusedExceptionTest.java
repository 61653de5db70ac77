package io.apfproxy.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefusedExceptionTest {
  private final RefusedException bare = new RefusedException(403, "Forbidden", "rule", "not so");

  @Test
  void changesWhatItIsToldAndKeepsTheRest() {
    Throwable cause = new IllegalStateException("why");
    RefusedException whole =
        bare.retryAfter(7).closing().causedBy(cause).answeredWith("plain").by("limit", "key");

    for (RefusedException same :
        new RefusedException[] {
          whole,
          whole.retryAfter(7),
          whole.closing(),
          whole.causedBy(cause),
          whole.answeredWith("plain"),
          whole.by("limit", "key")
        }) {
      assertThat(same).hasMessage("not so").hasCause(cause);
      assertThat(same.code()).isEqualTo(403);
      assertThat(same.reason()).isEqualTo("Forbidden");
      assertThat(same.rule()).isEqualTo("rule");
      assertThat(same.retryAfterSeconds()).isEqualTo(7);
      assertThat(same.closesConnection()).isTrue();
      assertThat(same.plainText()).isEqualTo("plain");
      assertThat(same.limit()).isEqualTo("limit");
      assertThat(same.limitKey()).isEqualTo("key");
    }
  }

  /** One may stand in a constant and be refined for each who meets it. */
  @Test
  void staysAsItIs() {
    bare.retryAfter(7).closing().causedBy(new Throwable()).answeredWith("plain").by("limit", "key");

    assertThat(bare.retryAfterSeconds()).isZero();
    assertThat(bare.closesConnection()).isFalse();
    assertThat(bare).hasNoCause();
    assertThat(bare.plainText()).isNull();
    assertThat(bare.limit()).isEmpty();
    assertThat(RefusedException.badRequest("rule", "not so").closesConnection()).isTrue();
  }
}
