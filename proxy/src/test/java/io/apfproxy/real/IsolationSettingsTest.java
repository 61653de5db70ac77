package io.apfproxy.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IsolationSettingsTest {
  @Test
  void measuresAllThatAsksForSeatsUnlessToldOtherwise() {
    assertThat(IsolationSettings.of().rows())
        .extracting(IsolationRow::name)
        .containsExactly(
            "alone, through apf-proxy",
            "no flow control, 20 + 10 in flight",
            "apf-proxy, 4 seats",
            "apf-proxy, 8 seats",
            "apf-proxy, 15 seats",
            "apf-proxy, 30 seats",
            "apf-proxy, 1 to 30 seats, 5ms",
            "kube-apiserver's own APF, 20 + 10 seats");
  }

  @Test
  void readsNumbersTimesAndWords() {
    IsolationSettings settings =
        IsolationSettings.of("rows=off,on", "rounds=9", "settle=0.5", "elephant=searches");

    assertThat(settings.rows()).extracting(IsolationRow::word).containsExactly("off", "on");
    assertThat(settings.rounds()).isEqualTo(9);
    assertThat(settings.settle()).isEqualTo(Duration.ofMillis(500));
    assertThat(settings.elephant()).isEqualTo(Elephant.SEARCHES);
  }

  @Test
  void givesAProxyAsManySeatsAsTheRowSays() {
    assertThat(IsolationRow.of("4").way().flags())
        .isEqualTo(List.of("--max-requests-inflight=3", "--max-mutating-requests-inflight=1"));
  }

  @Test
  void measuresTheMouseAloneWhereItIsBesideTheElephant() {
    assertThat(IsolationRow.of("alone").way()).isEqualTo(IsolationRow.of("30").way());
    assertThat(IsolationRow.of("alone").flooded()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "rows=", "rows=0", "rows=alone,some", "rows=5s", "round=1", "rounds=x"})
  void refusesWhatItDoesNotKnow(String word) {
    assertThatIllegalArgumentException().isThrownBy(() -> IsolationSettings.of(word));
  }
}
