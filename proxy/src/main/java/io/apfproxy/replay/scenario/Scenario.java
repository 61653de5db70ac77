package io.apfproxy.replay.scenario;

import io.apfproxy.replay.Terms;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Clients and what they ask for. Times in nanoseconds of the run. Source: specification seeing.md
 * V-58.
 *
 * @param name of its file, without what is before and behind
 * @param seats of all levels together
 * @param duration from the first request to the last
 * @param seed of what is drawn by lot
 * @param retries how often a refused request comes again
 * @param capacity seats that the server serves at full speed, 0 for all
 * @param objects by {@code resource} or {@code resource.group}
 */
public record Scenario(
    String name,
    int seats,
    long duration,
    long seed,
    int retries,
    int capacity,
    SortedMap<String, Terms.Stored> objects,
    List<Client> clients) {
  public Scenario {
    clients = List.copyOf(clients);
  }

  /**
   * Clients that are alike. In the texts {@code {i}} is the client's number, from 0.
   *
   * @param count how many of them there are
   */
  record Client(
      String name, int count, String user, List<String> groups, String agent, List<Ask> asks) {
    Client {
      groups = List.copyOf(groups);
      asks = List.copyOf(asks);
    }
  }

  /**
   * Requests that one client sends again and again.
   *
   * @param jitter within which of each due instant they are sent; null for a phase of its own for
   *     each client, and none of single requests
   * @param burst requests each time
   * @param from when the first is due
   * @param until none is sent from then on
   */
  record Ask(
      String method,
      String url,
      Rhythm rhythm,
      @Nullable Long jitter,
      int burst,
      long from,
      long until,
      Service service) {}

  /** When requests are due. */
  sealed interface Rhythm {
    /** In equal intervals. */
    record Every(long interval) implements Rhythm {}

    /** So many a second, each independent of all others. */
    record Rate(double perSecond) implements Rhythm {}

    /** Each some time after the one before has ended. */
    record Loop(long think) implements Rhythm {}
  }

  /**
   * How long requests are served: log-normal, or always alike if both are the same.
   *
   * @param p50 half of them for no longer
   * @param p99 all but a hundredth for no longer
   */
  record Service(long p50, long p99) {}
}
