package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.nio.NioIoHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("I8")
class AttentiveLoopsTest {
  private static final int TASKS = 1_000;
  private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  @Test
  void readAgainBeforeAllTasksAreDoneWhenThoseTakeLong() throws Exception {
    EventLoopGroup group =
        new AttentiveLoops(1, Executors.defaultThreadFactory(), NioIoHandler.newFactory());
    try {
      SingleThreadEventLoop loop = (SingleThreadEventLoop) group.next();
      AtomicInteger done = new AtomicInteger();
      CompletableFuture<Integer> doneBeforeItReads = new CompletableFuture<>();
      loop.execute(
          () -> {
            loop.executeAfterEventLoopIteration(() -> doneBeforeItReads.complete(done.get()));
            for (int i = 0; i < TASKS; i++) {
              loop.execute(done::incrementAndGet);
            }
            long start = System.nanoTime();
            while (System.nanoTime() - start < LONG_NANOS) {
              Thread.onSpinWait();
            }
          });
      assertThat(doneBeforeItReads.get(30, TimeUnit.SECONDS)).isLessThan(TASKS / 2);
    } finally {
      var unused = group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }
}
