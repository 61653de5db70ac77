package io.apfproxy.metrics;

import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.RequestInfo;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Counts what watches send and how they end. Thread-safe. Source: specification limits.md L-74. */
final class WatchMeters implements Reporter {
  private static final int OK = 200;

  /** A server that ends a watch, breaks it or is cut off itself is all one to its clients. */
  private static final String UPSTREAM = "upstream";

  private final MeterRegistry registry;
  private final Counter bytes;
  private final Counter pieces;
  private final Map<String, Counter> ended = new ConcurrentHashMap<>();

  WatchMeters(MeterRegistry registry) {
    this.registry = registry;
    this.bytes = ProxyMeterName.WATCH_BYTES.counter(registry);
    this.pieces = ProxyMeterName.WATCH_PIECES.counter(registry);
  }

  @Override
  public void watchPiece(int number) {
    bytes.increment(number);
    pieces.increment();
  }

  @Override
  public void ended(Account account) {
    RequestInfo info = account.info();
    if (info != null && info.isWatch() && account.code() == OK) {
      ended
          .computeIfAbsent(
              why(account), why -> ProxyMeterName.WATCHES_ENDED.counter(registry, "why", why))
          .increment();
    }
  }

  /** One of few fixed names. */
  private static String why(Account account) {
    return switch (account.end()) {
      case FORWARDED -> UPSTREAM;
      case LEFT -> "client";
      default -> account.rule().startsWith(UPSTREAM) ? UPSTREAM : account.rule();
    };
  }
}
