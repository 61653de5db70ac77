package io.apfproxy.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Spans on their way (V-97)")
class SpanQueueTest {
  /** Takes what it is told, and says when it likes what became of it. */
  private static final class SlowCollector implements SpanExporter {
    final List<CompletableResultCode> pending = new CopyOnWriteArrayList<>();
    final List<Integer> batches = new CopyOnWriteArrayList<>();
    volatile boolean broken;

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      if (broken) {
        throw new IllegalStateException("broken");
      }
      batches.add(spans.size());
      CompletableResultCode result = new CompletableResultCode();
      pending.add(result);
      return result;
    }

    void settle(boolean taken) {
      for (CompletableResultCode result : pending) {
        if (!result.isDone()) {
          var unused = taken ? result.succeed() : result.fail();
        }
      }
    }

    @Override
    public CompletableResultCode flush() {
      return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
      return CompletableResultCode.ofSuccess();
    }
  }

  private final SlowCollector collector = new SlowCollector();
  private final SpanQueue queue = new SpanQueue(collector);
  private final SdkTracerProvider provider =
      SdkTracerProvider.builder().addSpanProcessor(queue).build();
  private final Tracer tracer = provider.get("test");

  @AfterEach
  void close() {
    collector.settle(true);
    var unused = provider.shutdown();
  }

  private void end(int spans) {
    for (int i = 0; i < spans; i++) {
      tracer.spanBuilder("span").startSpan().end();
    }
  }

  @Test
  void areDroppedAndCountedWhileTheCollectorSaysNothing() {
    end(5_000);

    assertThat(queue.waiting()).isEqualTo(2048);
    assertThat(queue.dropped()).isEqualTo(5_000 - 2048);
    await().until(() -> !collector.batches.isEmpty());
    assertThat(collector.batches).allSatisfy(size -> assertThat(size).isLessThanOrEqualTo(2048));
    await()
        .until(
            () -> {
              collector.settle(true);
              return queue.waiting() == 0;
            });
    assertThat(queue.dropped()).isEqualTo(5_000 - 2048);
    assertThat(collector.batches.stream().mapToInt(size -> size).sum()).isEqualTo(2048);
    end(1);
    assertThat(queue.waiting()).as("there is room again").isEqualTo(1);
  }

  @Test
  void thatTheCollectorDoesNotTakeAreCounted() {
    end(3);
    var unused = queue.forceFlush();
    await()
        .until(
            () -> {
              collector.settle(false);
              return queue.waiting() == 0;
            });
    assertThat(queue.dropped()).isEqualTo(3);
  }

  @Test
  void thatNobodyCanTellAreCounted() {
    collector.broken = true;
    end(3);
    var unused = queue.forceFlush();
    await().until(() -> queue.waiting() == 0);
    assertThat(queue.dropped()).isEqualTo(3);
  }
}
