package io.apfproxy.queueset;

import io.apfproxy.borrowing.SeatDemand;
import io.apfproxy.borrowing.SeatDemandIntegrator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/**
 * Clients that call again and again, at one queue set, in virtual time; measures the seats that
 * each of them held. Source: reference, queueset_test.go, {@code uniformScenario}.
 *
 * @param windowNanos how long seats are measured, from the beginning
 */
record FairnessScenario(
    String name, QueuingShape shape, int limit, long windowNanos, List<Client> clients) {

  /**
   * One flow, and how it calls.
   *
   * @param thinkNanos from the end of a call to the next one; the next precedes it if negative
   * @param padNanos how long the final seats are held after a call
   * @param split whether the second half of the threads comes in the second half of the window, for
   *     half as many calls
   */
  record Client(
      long hash,
      int threads,
      int calls,
      long execNanos,
      long thinkNanos,
      int initialSeats,
      int finalSeats,
      long padNanos,
      boolean split) {
    static Client of(long hash, int threads, int calls, long execNanos, long thinkNanos) {
      return new Client(hash, threads, calls, execNanos, thinkNanos, 1, 1, 0, false);
    }

    Client seats(int seats) {
      return new Client(
          hash, threads, calls, execNanos, thinkNanos, seats, finalSeats, padNanos, split);
    }

    Client followedBy(int seats, long nanos) {
      return new Client(
          hash, threads, calls, execNanos, thinkNanos, initialSeats, seats, nanos, split);
    }

    Client inTwoParts() {
      return new Client(
          hash, threads, calls, execNanos, thinkNanos, initialSeats, finalSeats, padNanos, true);
    }

    private double demand(boolean firstPart) {
      double active = split && firstPart ? threads / 2 : threads;
      return active * initialSeats * execNanos / (execNanos + thinkNanos);
    }
  }

  /**
   * What came of it.
   *
   * @param seats by part of the window and client: mean seats held while served
   * @param longestWaits by client, in nanoseconds
   * @param rejects by client
   * @param demand as the queue set published it, and {@code calls}, the same from the calls alone
   */
  record Outcome(
      List<List<Double>> seats,
      List<Long> longestWaits,
      List<Integer> rejects,
      QueueSetState state,
      SeatDemand demand,
      SeatDemand calls) {}

  /** The window as a whole, or its halves if a client comes in two parts. */
  int parts() {
    return clients.stream().anyMatch(Client::split) ? 2 : 1;
  }

  /** What each client would hold if the seats were shared as evenly as the demands allow. */
  List<Double> fairShares(int part) {
    boolean first = parts() == 2 && part == 0;
    return maxMin(limit, clients.stream().map(client -> client.demand(first)).toList());
  }

  /** Nobody gets more than he asks for, and nobody less than another but for that. */
  static List<Double> maxMin(double capacity, List<Double> demands) {
    List<Double> shares = new ArrayList<>(demands);
    double left = capacity;
    int open = demands.size();
    for (double demand : demands.stream().sorted().toList()) {
      double even = left / open--;
      double share = Math.min(demand, even);
      left -= share;
      if (demand > even) {
        shares.replaceAll(d -> Math.min(d, even));
        return shares;
      }
    }
    return shares;
  }

  /**
   * Runs it until nothing is left to happen.
   *
   * @param ties orders what happens at one instant; equal values keep the order of scheduling
   */
  Outcome run(LongSupplier ties) {
    return new Run(ties).outcome();
  }

  private record Happening(long nanos, long tie, long order, Runnable action) {
    static final Comparator<Happening> ORDER =
        Comparator.comparingLong(Happening::nanos)
            .thenComparingLong(Happening::tie)
            .thenComparingLong(Happening::order);
  }

  private record Change(long nanos, int seats) {}

  private final class Run {
    private final LongSupplier ties;
    private final PriorityQueue<Happening> agenda = new PriorityQueue<>(Happening.ORDER);
    private final SeatDemandIntegrator demand = new SeatDemandIntegrator(0);
    private final QueueSet set = new QueueSet(shape, limit, 0, demand::set);
    private final List<Change> changes = new ArrayList<>();
    private final double[][] seatNanos = new double[parts()][clients.size()];
    private final long[] longestWaits = new long[clients.size()];
    private final int[] rejects = new int[clients.size()];
    private long order;
    private long now;

    Run(LongSupplier ties) {
      this.ties = ties;
    }

    Outcome outcome() {
      for (int i = 0; i < clients.size(); i++) {
        Client client = clients.get(i);
        for (int j = 0; j < client.threads(); j++) {
          boolean late = client.split() && j >= client.threads() / 2;
          int index = i;
          int calls = late ? client.calls() / 2 : client.calls();
          at(90L * j + 20L * i + (late ? windowNanos / 2 : 0), () -> call(index, calls));
        }
      }
      for (Happening next = agenda.poll(); next != null; next = agenda.poll()) {
        now = next.nanos();
        next.action().run();
      }
      List<List<Double>> seats = new ArrayList<>();
      double partNanos = (double) windowNanos / parts();
      for (double[] part : seatNanos) {
        seats.add(Arrays.stream(part).map(sum -> sum / partNanos).boxed().toList());
      }
      return new Outcome(
          seats,
          Arrays.stream(longestWaits).boxed().toList(),
          Arrays.stream(rejects).boxed().toList(),
          QueueSetState.of(set),
          demand.get(now),
          demandOfCalls());
    }

    private void at(long nanos, Runnable action) {
      agenda.add(new Happening(nanos, ties.getAsLong(), order++, action));
    }

    private void call(int client, int callsLeft) {
      set.arrive(new Call(client, callsLeft), now);
      noteDecisions();
    }

    private void noteDecisions() {
      for (SeatRequest r = set.takeDecided(); r != null; r = r.nextDecided) {
        Call call = (Call) r;
        if (call.refusal == null) {
          execute(call);
        } else {
          rejects[call.client]++; // and its thread calls no more
        }
      }
    }

    private void execute(Call call) {
      Client client = clients.get(call.client);
      longestWaits[call.client] = Math.max(longestWaits[call.client], now - call.arrivalNanos);
      if (call.callsLeft > 1) {
        at(
            now + client.execNanos() + client.thinkNanos(),
            () -> call(call.client, call.callsLeft - 1));
      }
      at(now + client.execNanos(), () -> finish(call));
    }

    private void finish(Call call) {
      measure(call);
      changes.add(new Change(call.arrivalNanos, call.seats));
      changes.add(new Change(now + call.additionalLatencyNanos, -call.seats));
      set.finish(call, now);
      noteDecisions();
      if (call.state == RequestState.LINGERING) {
        at(
            now + QueueSet.lingerNanos(call),
            () -> {
              set.lingerEnd(call, now);
              noteDecisions();
            });
      }
    }

    private void measure(Call call) {
      long partNanos = windowNanos / parts();
      for (int part = 0; part < parts(); part++) {
        long from = Math.max(call.startNanos, part * partNanos);
        long until = Math.min(now, (part + 1) * partNanos);
        seatNanos[part][call.client] += (double) call.initialSeats * Math.max(0, until - from);
      }
    }

    /** Seats wanted, from each call to the end of its final seats. */
    private SeatDemand demandOfCalls() {
      changes.sort(Comparator.comparingLong(Change::nanos));
      double sum = 0;
      double sumOfSquares = 0;
      double seats = 0;
      long last = 0;
      for (Change change : changes) {
        double seconds = (change.nanos() - last) / 1e9;
        sum += seats * seconds;
        sumOfSquares += seats * seats * seconds;
        seats += change.seats();
        last = change.nanos();
      }
      double seconds = now / 1e9;
      double average = sum / seconds;
      double variance = Math.max(0, sumOfSquares / seconds - average * average);
      return new SeatDemand(seconds, average, Math.sqrt(variance), 0, 0);
    }

    private final class Call extends SeatRequest {
      private final int client;
      private final int callsLeft;

      Call(int client, int callsLeft) {
        super(
            new FlowTally("client" + client),
            clients.get(client).hash(),
            clients.get(client).initialSeats(),
            clients.get(client).finalSeats(),
            clients.get(client).padNanos());
        this.client = client;
        this.callsLeft = callsLeft;
      }

      @Override
      protected void onExecute() {}

      @Override
      protected void onRefuse(Refusal reason) {}
    }
  }
}
