package io.apfproxy.tracing;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spans on their way to the collector: told in batches by a thread of its own. Nobody waits for it:
 * what finds no room, and what the collector does not take, is dropped and counted. Thread-safe.
 * Source: specification seeing.md V-97.
 */
final class SpanQueue implements SpanProcessor {
  /*
   * The library's queue drops as well, but tells only meters of its own. So those that are on their
   * way are counted here, up to the end of their export, and it never has more than it has room for.
   */
  static final int MOST_WAITING = 2048;

  private static final Logger LOG = LoggerFactory.getLogger(SpanQueue.class);
  private static final int BATCH = 512;
  private static final Duration DELAY = Duration.ofSeconds(1);
  private static final long COMPLAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final AtomicInteger waiting = new AtomicInteger();
  private final LongAdder dropped = new LongAdder();
  private final AtomicLong complainedAt = new AtomicLong(System.nanoTime() - COMPLAIN_NANOS);
  private final BatchSpanProcessor batches;

  SpanQueue(SpanExporter collector) {
    this.batches =
        BatchSpanProcessor.builder(new Counted(collector))
            .setMaxQueueSize(MOST_WAITING)
            .setMaxExportBatchSize(BATCH)
            .setScheduleDelay(DELAY)
            .build();
  }

  /** How many are on their way, {@link #MOST_WAITING} at most. */
  int waiting() {
    return waiting.get();
  }

  /** How many did not arrive, since the start. */
  long dropped() {
    return dropped.sum();
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {}

  @Override
  public boolean isStartRequired() {
    return false;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    if (waiting.incrementAndGet() > MOST_WAITING) {
      waiting.decrementAndGet();
      dropped.increment();
    } else {
      batches.onEnd(span);
    }
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }

  @Override
  public CompletableResultCode forceFlush() {
    return batches.forceFlush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return batches.shutdown();
  }

  private void left(int spans, CompletableResultCode result) {
    if (!result.isSuccess()) {
      dropped.add(spans); // before they wait no more: each is always somewhere
      complain(spans, result.getFailureThrowable());
    }
    waiting.addAndGet(-spans);
  }

  private void complain(int spans, @Nullable Throwable why) {
    long now = System.nanoTime();
    long last = complainedAt.get();
    if (now - last >= COMPLAIN_NANOS && complainedAt.compareAndSet(last, now)) {
      LOG.warn(
          "traces: the collector did not take {} spans{}; {} are missing so far",
          spans,
          why == null || why.getCause() == null ? "" : " (" + why.getCause() + ")",
          dropped());
    }
  }

  /** The collector. */
  private final class Counted implements SpanExporter {
    private final SpanExporter collector;

    Counted(SpanExporter collector) {
      this.collector = collector;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
      int number = spans.size();
      CompletableResultCode result = told(spans);
      return result.whenComplete(() -> left(number, result));
    }

    private CompletableResultCode told(Collection<SpanData> spans) {
      try {
        return collector.export(spans);
      } catch (RuntimeException e) {
        return CompletableResultCode.ofExceptionalFailure(e);
      }
    }

    @Override
    public CompletableResultCode flush() {
      return collector.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
      return collector.shutdown();
    }
  }
}
