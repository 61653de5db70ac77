package io.apfproxy.server.walk;

import io.apfproxy.learn.ListMeter;
import io.apfproxy.learn.ReadingAlong;
import io.apfproxy.learn.ResponseLearning;
import io.apfproxy.learn.WatchInitialisation;
import io.apfproxy.request.RequestDigest;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Shows a passing response to flow control: lists teach it sizes, watches tell when their seats go
 * back. Belongs to one event loop.
 */
abstract class ResponseReader {
  private static final ResponseReader BLIND =
      new ResponseReader() {
        @Override
        void accept(Buffer bytes) {}

        @Override
        void end(boolean complete) {}
      };

  /**
   * @param initialised to be run when a watch has sent what it begins with
   */
  static ResponseReader of(
      Vertx vertx,
      @Nullable ResponseLearning learning,
      RequestDigest digest,
      Runnable initialised,
      int status,
      MultiMap headers) {
    boolean watch = digest.info().isWatch();
    if (learning == null) {
      if (watch) {
        initialised.run();
      }
      return BLIND;
    }
    String type = orEmpty(headers.get("Content-Type"));
    String encoding = orEmpty(headers.get("Content-Encoding"));
    if (watch) {
      WatchInitialisation detector = learning.watch(digest, status, type, encoding);
      Watch reader = new Watch(vertx, detector, initialised);
      return reader.done ? BLIND : reader; // an idle watch keeps none
    }
    ListMeter meter = learning.meterList(digest, status, type, encoding);
    return meter == null ? BLIND : new Listed(vertx, meter);
  }

  private static String orEmpty(@Nullable String value) {
    return value == null ? "" : value;
  }

  abstract void accept(Buffer bytes);

  /**
   * @param complete whether the response arrived whole
   */
  abstract void end(boolean complete);

  /** Shows one the next bytes of a body, and lets it go on in turns to come if it falls behind. */
  private static final class Reading {
    /*
     * A timer, as the event loop runs what is put into its queue before it looks at its connections again.
     */
    private final Vertx vertx;
    private final ReadingAlong reader;
    private final Runnable wentOn;
    private boolean waits;

    /**
     * @param wentOn called after each turn to come
     */
    Reading(Vertx vertx, ReadingAlong reader, Runnable wentOn) {
      this.vertx = vertx;
      this.reader = reader;
      this.wentOn = wentOn;
    }

    void accept(Buffer bytes) {
      byte[] piece = bytes.getBytes();
      reader.accept(piece, 0, piece.length);
      catchUp();
    }

    private void catchUp() {
      if (!waits && reader.isBehind()) {
        waits = true;
        vertx.setTimer(
            1,
            passed -> {
              waits = false;
              reader.goOn();
              wentOn.run();
              catchUp();
            });
      }
    }
  }

  private static final class Listed extends ResponseReader {
    private final ListMeter meter;
    private final Reading reading;

    Listed(Vertx vertx, ListMeter meter) {
      this.meter = meter;
      this.reading = new Reading(vertx, meter, () -> {});
    }

    @Override
    void accept(Buffer bytes) {
      if (!meter.isDone()) {
        reading.accept(bytes);
      }
    }

    @Override
    void end(boolean complete) {
      if (complete) {
        meter.end();
      } else {
        meter.close();
      }
    }
  }

  /** Gives a watch's seats back at its mark, after a quiet gap, or after the longest time. */
  private static final class Watch extends ResponseReader {
    private final Vertx vertx;
    private final WatchInitialisation detector;
    private final Runnable whenInitialised;
    private final Reading reading;
    private final long headAt = System.nanoTime();
    private long lastAt = headAt;
    private long timer = -1;
    private boolean done;

    Watch(Vertx vertx, WatchInitialisation detector, Runnable whenInitialised) {
      this.vertx = vertx;
      this.detector = detector;
      this.whenInitialised = whenInitialised;
      this.reading = new Reading(vertx, detector, this::look);
      look(headAt);
    }

    @Override
    void accept(Buffer bytes) {
      if (!done) {
        reading.accept(bytes);
        lastAt = System.nanoTime();
        look();
      }
    }

    private void look() {
      look(System.nanoTime());
    }

    /** One timer is enough: it looks again when bytes came in the meantime. */
    private void look(long now) {
      if (done) {
        return;
      }
      long quiet = detector.quietNanos();
      long left = detector.capNanos() - (now - headAt);
      if (quiet != Long.MAX_VALUE) {
        left = Math.min(left, quiet - (now - lastAt));
      }
      if (detector.isDone() || left <= 0) {
        initialised();
      } else if (timer < 0) {
        timer =
            vertx.setTimer(
                Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)),
                passed -> {
                  timer = -1;
                  look();
                });
      }
    }

    private void initialised() {
      done = true;
      close();
      whenInitialised.run();
    }

    private void close() {
      if (timer >= 0) {
        vertx.cancelTimer(timer);
        timer = -1;
      }
      detector.close();
    }

    @Override
    void end(boolean complete) {
      if (!done) {
        done = true;
        close();
      }
    }
  }
}
