package io.apfproxy.server.walk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.gate.FakeAsked;
import io.apfproxy.request.RefusedException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S58")
class LastingHeadsTest {
  @Test
  void areNotCountedWhereTheyAreNoLongerThanUsual() throws RefusedException {
    FakeAsked asked = new FakeAsked("watcher");
    asked.headBytes = LastingHeads.USUAL;
    LastingHeads heads = new LastingHeads(1);
    heads.enter(asked, 0);
    heads.enter(asked, 0);
    assertThat(heads.bound().overflows().getAsLong()).isZero();
  }

  @Test
  void takeNoMoreThanThereIs() throws RefusedException {
    FakeAsked asked = new FakeAsked("watcher");
    asked.headBytes = LastingHeads.USUAL + 1_000;
    LastingHeads heads = new LastingHeads(2_000);
    heads.enter(asked, 0);
    heads.enter(asked, 0);
    assertThatThrownBy(() -> heads.enter(asked, 0))
        .isInstanceOf(RefusedException.class)
        .returns("lasting-head-bytes", thrown -> ((RefusedException) thrown).rule());
    assertThat(heads.bound().overflows().getAsLong()).isOne();
    heads.leave(asked);
    heads.enter(asked, 0);
    heads.leave(asked);
    heads.leave(asked);
    assertThat(heads.bound().used()).isNotNull();
    assertThat(heads.bound().used().getAsLong()).isZero();
  }
}
