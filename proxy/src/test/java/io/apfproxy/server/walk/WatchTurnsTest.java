package io.apfproxy.server.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.authn.tell.Identity;
import io.apfproxy.authn.tell.Identity.Assertion;
import io.apfproxy.gate.Asked;
import io.apfproxy.gate.Gate;
import io.apfproxy.gate.GateChain;
import io.apfproxy.report.Account;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.RequestTimeout;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Watches that queue up by turns, in virtual time, before queues that let nobody through alone. */
@Tag("S58")
class WatchTurnsTest {
  private static final int MOST = WatchTurns.MOST_OF_USER;

  private final ManualTime time = new ManualTime();
  private final Room room = new Room();
  private final WatchTurns turns = new WatchTurns(room, time);
  private final WaitingGates waiting =
      new WaitingGates(new GateChain(List.of(turns.queued())), time);

  /** Those that wait for their seats, and in which order they came. */
  private final Deque<Seat> queues = new ArrayDeque<>();

  private final List<Watch> through = new ArrayList<>();
  private final List<Watch> all = new ArrayList<>();
  private final Walk walk = new Walk(List.of(turns, this::queue, this::executes));
  private boolean free;

  /** Of those that wait their turn. */
  private static final class Room implements Gate {
    private int places = Integer.MAX_VALUE;
    private int taken;

    @Override
    public boolean concerns(Asked asked) {
      return true;
    }

    @Override
    public long enter(Asked asked, long now) throws RefusedException {
      if (taken == places) {
        throw new RefusedException(429, "TooManyRequests", "full", "message");
      }
      taken++;
      return 0;
    }

    @Override
    public void leave(Asked asked) {
      taken--;
    }
  }

  private final class Watch {
    private final FakeClient client = new FakeClient(time, Reporter.NONE, "watch " + all.size());

    Watch(String user, String target) throws RefusedException {
      RequestTarget path = RequestTarget.parse(target);
      UserInfo who = UserInfo.of(user);
      client.call.understood(
          SomeHead.saysNothing(),
          new Understood(path, RequestInfoParser.parse("GET", path), "", RequestTimeout.NONE, 0));
      client.call.identified(
          new Identity(
              who, who, Identity.Mode.IMPERSONATION, new Assertion(null, false, List.of())));
      all.add(this);
      client.turn(() -> walk.goOn(client.call));
    }

    boolean isQueued() {
      return queues.stream().anyMatch(seat -> seat.watch() == client);
    }

    boolean hasEnded() {
      return client.call.hasEnded();
    }
  }

  private record Seat(FakeClient watch, Wait place) {}

  private Watch watch(String user) throws RefusedException {
    return new Watch(user, "/api/v1/pods?watch=true");
  }

  private List<Watch> watches(String user, int number) throws RefusedException {
    List<Watch> made = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      made.add(watch(user));
    }
    return made;
  }

  /** As {@link Admit}: seats are there at once, or waited for. */
  private Wait queue(Call call) {
    if (free) {
      return Wait.NONE;
    }
    FakeClient client = (FakeClient) call.loop();
    return new Wait() {
      private final Seat seat = new Seat(client, this);

      @Override
      void begin() throws RefusedException {
        waiting.pass(call, this);
        queues.add(seat);
        hold(() -> queues.remove(seat));
      }

      @Override
      void cancel() {
        refuse(new RefusedException(429, "TooManyRequests", "time-out", "message"));
      }
    };
  }

  private Wait executes(Call call) {
    all.stream().filter(one -> one.client.call == call).forEach(through::add);
    return Wait.NONE;
  }

  /** Somebody has given back a seat. */
  private void dispatch() {
    Seat next = queues.peek();
    if (next != null) {
      next.watch().turn(next.place()::goOn);
      runTurns();
    }
  }

  private void runTurns() {
    all.forEach(one -> one.client.runTurns());
  }

  @Test
  void queuesSoManyOfAUserAndTheOthersInTheirOrderAsThoseGetSeats() throws RefusedException {
    List<Watch> came = watches("daemon", MOST + 300);

    assertThat(queues).hasSize(MOST);
    assertThat(turns.bound(0).used()).isNotNull();
    assertThat(turns.bound(0).used().getAsLong()).isEqualTo(300);
    for (int i = 0; i < came.size(); i++) {
      assertThat(queues).hasSize(Math.min(MOST, came.size() - i));
      dispatch();
    }
    assertThat(through).isEqualTo(came);
    expectNothingLeft();
  }

  @Test
  void letsOthersPass() throws RefusedException {
    watches("daemon", MOST + 1);
    assertThat(watch("mouse").isQueued()).isTrue();
  }

  @Test
  void letsAnythingButWatchesPass() throws RefusedException {
    watches("daemon", MOST + 1);
    free = true;
    assertThat(new Watch("daemon", "/api/v1/pods").hasEnded()).isTrue();
  }

  @Test
  void holdsNobodyWhileSeatsAreFree() throws RefusedException {
    free = true;
    watches("daemon", 10 * MOST);
    assertThat(through).hasSize(10 * MOST);
    expectNothingLeft();
  }

  /** Nobody leaves the queues any more who would call them. */
  @Test
  void callsTheNextAlsoWhenTheOneCalledNeedNotWait() throws RefusedException {
    watches("daemon", MOST + 100);
    free = true;
    dispatch();
    assertThat(through).as("one of the queues, all of the line").hasSize(101);
    assertThat(queues).hasSize(MOST - 1);
  }

  @Test
  void letsThemTakeTheirChanceWhenTheirTurnDoesNotCome() throws RefusedException {
    List<Watch> came = watches("daemon", MOST + 1);
    Watch last = came.get(MOST);
    long before = time.nanoTime();
    long left = last.client.call.queueWaitLeft();
    last.client.passTime();
    assertThat(time.nanoTime() - before).isEqualTo(WatchTurns.LONGEST_NANOS);
    assertThat(last.isQueued()).isTrue();
    assertThat(last.client.call.queueWaitLeft() - left)
        .as("what it may still wait for seats: the wait for its turn is not part of that")
        .isGreaterThan(WatchTurns.LONGEST_NANOS / 2);
    for (int i = 0; i <= MOST; i++) {
      dispatch();
    }
    expectNothingLeft();
  }

  @Test
  void letsThemTakeTheirChanceWhereThereIsNoRoomToWait() throws RefusedException {
    room.places = 1;
    watches("daemon", MOST + 3);
    assertThat(queues).hasSize(MOST + 2);
    assertThat(room.taken).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void losesNobodyWhateverHappens(long seed) throws RefusedException {
    Random random = new Random(seed);
    String[] users = {"daemon", "operator"};
    for (int step = 0; step < 3_000; step++) {
      Watch any = all.isEmpty() ? null : all.get(random.nextInt(all.size()));
      int dice = random.nextInt(12);
      free = random.nextInt(20) == 0;
      if (dice < 5 || any == null) {
        watch(users[random.nextInt(users.length)]);
      } else if (dice < 8) {
        dispatch();
      } else if (!any.hasEnded()) {
        switch (dice) {
          case 8 -> any.client.leave();
          case 9 -> any.client.call.giveWay();
          case 10 -> any.client.call.refuseIfWaiting();
          default -> any.client.passTime();
        }
      }
      if (random.nextBoolean()) {
        runTurns();
      }
    }
    runTurns();
    while (!queues.isEmpty()) {
      dispatch();
    }
    expectNothingLeft();
    assertThat(through.size()).isGreaterThan(500);
  }

  private void expectNothingLeft() {
    for (Watch one : all) {
      assertThat(one.hasEnded()).isTrue();
      assertThat(one.client.isAtRest()).isTrue();
      boolean served = through.contains(one);
      boolean refused = !one.client.refusals.isEmpty();
      boolean left = one.client.account.end() == Account.End.LEFT;
      assertThat(List.of(served, refused, left)).containsOnlyOnce(true);
    }
    assertThat(room.taken).isZero();
    assertThat(turns.waitingForSeats()).isZero();
    assertThat(turns.isEmpty()).isTrue();
  }
}
