package io.apfproxy.metrics;

import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.RefusedException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Counts what the data path reports, under {@code apf_proxy_*}. Thread-safe. */
final class ProxyMeters implements Reporter {
  /*
   * Meters are found by array index or by a map of the few rules there are; a lookup by tags would
   * cost more than the request's own bookkeeping.
   */
  private static final int CODES = 600;
  private static final int MOST_RULES = 200;
  private static final double SECOND = 1e9;

  private record Refusal(String rule, int code) {}

  private final MeterRegistry registry;
  private final Map<Held, AtomicLong> held = new EnumMap<>(Held.class);
  private final AtomicReferenceArray<Counter> responses = new AtomicReferenceArray<>(CODES);
  private final Map<Refusal, Counter> refusals = new ConcurrentHashMap<>();
  private final Map<String, Counter> aborts = new ConcurrentHashMap<>();
  private final Counter responseBytes;
  private final Counter seatsReturnedEarly;

  ProxyMeters(MeterRegistry registry) {
    this.registry = registry;
    hold(Held.EXCHANGE, ProxyMeterName.EXCHANGES);
    hold(Held.TUNNEL, ProxyMeterName.TUNNELS);
    hold(Held.AWAITING_UPSTREAM, ProxyMeterName.REQUESTS_HELD);
    hold(Held.UPSTREAM_STREAM, ProxyMeterName.UPSTREAM_STREAMS);
    hold(Held.UNWANTED_STREAM, ProxyMeterName.UNWANTED_STREAMS);
    hold(Held.BLOCKED_RESPONSE, ProxyMeterName.BLOCKED_RESPONSES);
    hold(Held.UPSTREAM_CONNECTION, ProxyMeterName.UPSTREAM_CONNECTIONS);
    responseBytes = ProxyMeterName.RESPONSE_BYTES.counter(registry);
    seatsReturnedEarly = ProxyMeterName.SEATS_RETURNED_EARLY.counter(registry);
  }

  private void hold(Held what, ProxyMeterName name) {
    AtomicLong number = new AtomicLong();
    held.put(what, number);
    name.gauge(registry, number::get);
  }

  @Override
  public void held(Held what, int delta) {
    Objects.requireNonNull(held.get(what)).addAndGet(delta);
  }

  @Override
  public void answered(Account account) {
    if (account.code() > 0) {
      responded(account.code());
    }
    RefusedException refusal = account.refusal();
    if (refusal != null) {
      refused(refusal.rule(), refusal.code());
    }
  }

  private void responded(int code) {
    int index = code >= 100 && code < CODES ? code : 0;
    Counter counter = responses.get(index);
    if (counter == null) {
      // Two threads may both come here: the registry gives them the same meter.
      counter =
          ProxyMeterName.RESPONSES.counter(
              registry, "code", index == 0 ? "other" : String.valueOf(code));
      responses.set(index, counter);
    }
    counter.increment();
  }

  private void refused(String rule, int code) {
    String label = refusals.size() < MOST_RULES ? rule : "other";
    refusals
        .computeIfAbsent(
            new Refusal(label, code),
            key ->
                ProxyMeterName.REFUSALS.counter(
                    registry, "rule", label, "code", String.valueOf(key.code())))
        .increment();
  }

  @Override
  public void aborted(String rule) {
    String label = aborts.size() < MOST_RULES ? rule : "other";
    aborts
        .computeIfAbsent(label, key -> ProxyMeterName.ABORTS.counter(registry, "rule", key))
        .increment();
  }

  @Override
  public void responseBytes(int bytes) {
    responseBytes.increment(bytes);
  }

  @Override
  public void seatsReturnedEarly(long seatNanos) {
    seatsReturnedEarly.increment(seatNanos / SECOND);
  }
}
