package io.apfproxy.upstream.exchange;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of all responses that came from the upstream and that their clients have not taken.
 * Beyond the limit the response that has stood still longest is cut off; while they are scarce also
 * that of an address that holds more than a share. Thread-safe. Source: specification security.md
 * S37, S54.
 */
public final class UnreadBytes {
  /*
   * Each response is bounded by the queues on its way, but there are as many as clients have streams:
   * one that is short is complete here, has no seat any more, and may wait for its client for ever.
   * A response that moves goes to the end of the line, so who reads, however slowly, goes last.
   */
  private static final int SHARE = 4;

  private final long most;
  private final long scarce;
  private final Set<Response> waiting = new LinkedHashSet<>();
  private final Map<String, Holder> addresses = new HashMap<>();
  private long taken;
  private long overflows;

  /**
   * @param most 0 for no limit
   * @param scarce from so many on an address has to stay within its share
   */
  public UnreadBytes(long most, long scarce) {
    this.most = most;
    this.scarce = scarce;
  }

  private static final class Holder {
    private final Set<Response> waiting = new LinkedHashSet<>();
    private long bytes;
  }

  /**
   * A response that is about to begin, and holds nothing.
   *
   * @param address of its client
   * @param cutOff called at most once, on any thread; what it holds counts no more
   */
  Response response(String address, Runnable cutOff) {
    return new Response(address, cutOff);
  }

  /** One of them. Calls are harmless once it was cut off. */
  final class Response {
    private final String address;
    private final Runnable cutOff;
    private long bytes;
    private boolean cut;

    private Response(String address, Runnable cutOff) {
      this.address = address;
      this.cutOff = cutOff;
    }

    /** So many more wait. */
    void add(long number) {
      for (Response next = grown(this, number); next != null; next = oneTooMany(address)) {
        next.cutOff.run();
      }
    }

    /** So many were taken. */
    void remove(long number) {
      count(this, -number);
    }
  }

  private synchronized @Nullable Response grown(Response response, long number) {
    count(response, number);
    return oneTooMany(response.address);
  }

  private synchronized void count(Response response, long number) {
    if (response.cut) {
      return;
    }
    taken += number;
    response.bytes += number;
    Holder holder = addresses.computeIfAbsent(response.address, first -> new Holder());
    holder.bytes += number;
    if (number > 0) {
      waiting.add(response);
      holder.waiting.add(response);
      return;
    }
    waiting.remove(response);
    holder.waiting.remove(response);
    if (response.bytes > 0) {
      waiting.add(response);
      holder.waiting.add(response);
    } else if (holder.waiting.isEmpty()) {
      addresses.remove(response.address);
    }
  }

  private synchronized @Nullable Response oneTooMany(String address) {
    if (most == 0 || taken < scarce) {
      return null;
    }
    Holder own = addresses.get(address);
    Set<Response> eldest;
    if (own != null && own.bytes > most / SHARE) {
      eldest = own.waiting;
    } else if (taken > most) {
      eldest = waiting;
    } else {
      return null;
    }
    Response last = eldest.iterator().next();
    count(last, -last.bytes);
    last.cut = true;
    overflows++;
    return last;
  }

  /** How many there are. */
  public synchronized long taken() {
    return taken;
  }

  /** How many responses were cut off for want of room. */
  public synchronized long overflows() {
    return overflows;
  }
}
