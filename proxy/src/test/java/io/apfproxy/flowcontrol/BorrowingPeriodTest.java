package io.apfproxy.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A borrowing period ends when its time has come, whatever is configured meanwhile. */
@Tag("S68")
class BorrowingPeriodTest {
  private final ManualTime time = new ManualTime();
  private final ApfFlowControl control =
      ApfFlowControl.create(
          FlowControlSettings.of(20),
          FlowControlConfiguration.empty(),
          time,
          time,
          FlowMetrics.NONE);

  @Test
  void changesNeitherEndItNorHideTheDemandOfItsBeginning() {
    configure(0);
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      clients.add(Client.get(control, "ann", "/api/v1/pods"));
    }
    time.advance(Duration.ofSeconds(2));
    clients.forEach(client -> client.lease().close());
    for (int second = 1; second <= 8; second++) {
      configure(second);
      assertThat(level().demandHighWatermark()).isZero();
      time.advance(Duration.ofSeconds(1));
    }

    control.adjustBorrowing();

    assertThat(level().demandHighWatermark()).isEqualTo(8);
    assertThat(level().demandAverage()).isEqualTo(1.6);
  }

  private void configure(int shares) {
    control.apply(
        List.of(Config.schema("schema-a", "a", "ann")),
        List.of(Config.lending("a", 100, 50), Config.lending("b", 1 + shares, 50)));
  }

  private LevelSnapshot level() {
    return control.snapshot().stream()
        .filter(level -> level.name().equals("a"))
        .findFirst()
        .orElseThrow();
  }
}
