package io.apfproxy.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import io.apfproxy.budget.SeatChange;
import io.apfproxy.budget.SeatMove;
import io.apfproxy.server.log.HeardLog;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("L-55")
class SeatLogTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @RegisterExtension final HeardLog log = new HeardLog(SeatLog.class.getName());

  private final ManualTime time = new ManualTime();
  private final SeatLog seats = new SeatLog(time::nanoTime);

  private void move(SeatChange why, int before, int now) {
    seats.accept(new SeatMove(why, before, now, 12_345_678, 1_504_000));
  }

  private List<String> lines() {
    return log.events().stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void saysOnceAMinuteHowSeatsMove() {
    move(SeatChange.CUT, 30, 15);
    time.advance(MINUTE.minusNanos(1));
    move(SeatChange.GROW, 15, 16);
    time.advance(Duration.ofNanos(1));
    move(SeatChange.GROW, 16, 17);

    assertThat(lines())
        .containsExactly(
            "15 seats instead of 30 (cut): upstream keeps a tiny request waiting for 12.35 ms, its"
                + " way takes 1.5 ms",
            "17 seats instead of 16 (grow): upstream keeps a tiny request waiting for 12.35 ms, its"
                + " way takes 1.5 ms");
  }

  @Test
  void saysEachTimeThatTheWayHasBecomeLonger() {
    move(SeatChange.CUT, 30, 15);
    move(SeatChange.REBASE, 15, 30);
    move(SeatChange.REBASE, 15, 30);

    assertThat(lines().subList(1, 3))
        .containsOnly("upstream is 1.5 ms away now: that is the way, not its load; 30 seats again");
  }

  /** They come all the time, and are over in a second. */
  @Test
  void saysNothingOfLooksWithoutLoad() {
    move(SeatChange.DIP, 30, 7);
    assertThat(lines()).isEmpty();

    move(SeatChange.GROW, 7, 30); // and they take no other line's place
    assertThat(lines()).hasSize(1);
  }

  @Test
  void saysWhyAllAreThereInShadow() {
    move(SeatChange.SHADOW, 7, 30);

    assertThat(lines())
        .containsExactly("30 seats instead of 7: all there are, as long as a level is in shadow");
  }
}
