package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("S87")
class LivenessTest {
  private static final int LOOKS = 3;

  private final AtomicInteger pings = new AtomicInteger();
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private boolean owing = true;
  private final Liveness liveness =
      new Liveness(
          new Liveness.Pace(1_000, LOOKS), channel, pings::incrementAndGet, millis -> owing);

  LivenessTest() {
    channel.pipeline().addFirst(liveness);
  }

  private void look(int times) {
    for (int i = 0; i < times; i++) {
      liveness.look();
    }
  }

  @Test
  void asksOnceAndThenDropsWhoStaysSilent() {
    look(LOOKS - 1);
    assertThat(channel.isOpen()).isTrue();
    assertThat(pings).hasValue(1);

    look(1);
    assertThat(channel.isOpen()).isFalse();
    assertThat(pings).hasValue(1);
  }

  @Test
  void beginsAnewAfterEachSignOfLife() {
    for (int i = 0; i < 3; i++) {
      look(LOOKS - 1);
      channel.writeInbound("bytes");
      look(1);
    }

    assertThat(channel.isOpen()).isTrue();
    assertThat(pings).hasValue(3);
  }

  @Test
  void keepsWhoDoesNotReadAsLongAsItsMachineAnswers() {
    Path path = new Path();
    EmbeddedChannel unread = new EmbeddedChannel();
    Liveness watching =
        new Liveness(new Liveness.Pace(1_000, LOOKS), unread, pings::incrementAndGet, path);
    unread.pipeline().addFirst(watching);

    for (int i = 0; i < 10 * LOOKS; i++) {
      watching.look();
    }
    assertThat(unread.isOpen()).isTrue();
    assertThat(pings).as("one at a time").hasValue(1);

    path.alive = false;
    watching.look();
    assertThat(unread.isOpen()).isFalse();
  }

  private static final class Path implements Liveness.SilentEnd {
    private boolean alive = true;

    @Override
    public boolean owes(int millis) {
      return true;
    }

    @Override
    public boolean acknowledges(int millis) {
      return alive;
    }
  }

  @Test
  void leavesWhoOwesNothingAlone() {
    owing = false;

    look(10 * LOOKS);

    assertThat(channel.isOpen()).isTrue();
    assertThat(pings).hasValue(0);
  }
}
