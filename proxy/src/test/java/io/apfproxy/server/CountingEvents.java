package io.apfproxy.server;

import io.apfproxy.upstream.ProxyEvents;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps what the data path reports. */
final class CountingEvents implements ProxyEvents {
  final Map<Held, AtomicInteger> held = new EnumMap<>(Held.class);
  final Queue<String> refusals = new ConcurrentLinkedQueue<>();
  final Queue<String> aborts = new ConcurrentLinkedQueue<>();

  CountingEvents() {
    for (Held what : Held.values()) {
      held.put(what, new AtomicInteger());
    }
  }

  int held(Held what) {
    return held.get(what).get();
  }

  @Override
  public void held(Held what, int delta) {
    held.get(what).addAndGet(delta);
  }

  @Override
  public void refused(String rule, int code) {
    refusals.add(rule);
  }

  @Override
  public void responded(int code) {}

  @Override
  public void responseBytes(int bytes) {}

  @Override
  public void aborted(String rule) {
    aborts.add(rule);
  }
}
