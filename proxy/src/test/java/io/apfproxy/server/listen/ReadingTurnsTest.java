package io.apfproxy.server.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("I8")
class ReadingTurnsTest {
  private static final Duration ROUND = Duration.ofNanos(ReadingTurns.ROUND_MICROS * 1_000L);
  private static final int RECORD = 16 * 1024;

  private final ManualTime time = new ManualTime();
  private final ReadingTurns turns = new ReadingTurns(time);
  private final List<Socket> read = new ArrayList<>();

  private class Socket extends ReadingTurns.Reader {
    private final int bytes;
    private Duration lasts;

    Socket(int bytes, Duration lasts, String user) {
      super(turns, new SocketOwner("192.0.2.7", user));
      this.bytes = bytes;
      this.lasts = lasts;
    }

    @Override
    int read() {
      read.add(this);
      time.advance(lasts);
      return bytes;
    }
  }

  /** Returns who was read, in order. */
  private List<Socket> round(List<Socket> ready) {
    read.clear();
    ready.forEach(Socket::ready);
    turns.read();
    return List.copyOf(read);
  }

  private List<Socket> greedy(int number) {
    return greedy(number, "");
  }

  private List<Socket> greedy(int number, String user) {
    return Stream.generate(() -> new Socket(RECORD, Duration.ofMillis(1), user))
        .limit(number)
        .toList();
  }

  private Socket light() {
    return light("");
  }

  private Socket light(String user) {
    return new Socket(125, Duration.ofNanos(80_000), user);
  }

  private static List<Socket> and(List<Socket> many, Socket one) {
    return Stream.concat(many.stream(), Stream.of(one)).toList();
  }

  private int roundsUntilRead(Socket one, List<Socket> others) {
    for (int rounds = 1; rounds < 1_000; rounds++) {
      if (round(and(others, one)).contains(one)) {
        return rounds;
      }
    }
    throw new AssertionError("not read in 1000 rounds");
  }

  @Test
  void aRoundIsAsLongWithFourHundredAsWithFew() {
    List<Socket> many = greedy(400);
    long before = time.nanoTime();
    assertThat(round(many)).hasSize(2);
    assertThat(time.nanoTime() - before).isEqualTo(ROUND.toNanos());
    assertThat(round(many.subList(10, 11))).hasSize(1);
  }

  @Test
  void whoTakesLittleIsReadInTheRoundInWhichItIsReady() {
    List<Socket> many = greedy(400);
    Socket light = light();
    round(and(many, light));
    for (int i = 0; i < 1_000; i++) { // until all have had some turns
      round(many);
    }
    for (int request = 0; request < 100; request++) {
      assertThat(round(and(many, light))).startsWith(light);
      for (int i = 0; i < 40; i++) {
        round(many);
      }
    }
  }

  @Test
  void allThatWantAsMuchHaveAsManyTurns() {
    List<Socket> many = greedy(50);
    List<Socket> all = new ArrayList<>();
    while (all.size() < 500) {
      all.addAll(round(many));
    }
    assertThat(all.subList(0, 50)).as("first come").isEqualTo(many);
    assertThat(many).allSatisfy(one -> assertThat(all.stream().filter(one::equals)).hasSize(10));
  }

  @Test
  void everNewOnesDoNotGoBeforeWhoWasHere() {
    Socket light = light();
    for (int i = 0; i < 100; i++) {
      round(and(greedy(400), light));
    }
    assertThat(round(and(greedy(400), light))).contains(light);
  }

  /** What kubectl does each time, behind an address from which somebody sends without end. */
  @Test
  void aConnectionThatHasJustComeDoesNotWaitForAllThatNeverRest() {
    List<Socket> many = greedy(400);
    for (int i = 0; i < 1_000; i++) {
      round(many);
    }
    Socket justCame = new Socket(500, Duration.ofNanos(300_000), "");
    for (int turn = 0; turn < 5; turn++) {
      assertThat(roundsUntilRead(justCame, many)).isEqualTo(1);
    }
  }

  @Test
  void thoseThatNeverRestHaveEverySecondTurnWhileOthersComeWithoutEnd() {
    List<Socket> many = greedy(4);
    for (int i = 0; i < 100; i++) {
      round(many);
    }
    int turns = 0;
    for (int i = 0; i < 100; i++) {
      List<Socket> all = new ArrayList<>(greedy(400));
      all.addAll(many);
      turns += (int) round(all).stream().filter(many::contains).count();
    }
    assertThat(turns).isBetween(99, 101);
  }

  /** Whoever opened thousands of connections may cut all of them at once. */
  @Test
  @Tag("S30")
  void thoseThatLeaveGoAfterWhoStaysAndWhoHasJustCome() {
    Socket stays = greedy(1).get(0);
    for (int i = 0; i < 10; i++) {
      round(List.of(stays)); // until it has had much
    }
    List<Socket> leaving = Stream.generate(this::light).limit(400).toList();
    leaving.forEach(Socket::leaves);

    List<Socket> first = round(and(and(leaving, stays), light()));

    assertThat(first.indexOf(stays)).isBetween(0, 2);
    assertThat(first).filteredOn(socket -> !leaving.contains(socket)).hasSize(2);
  }

  /** As those of addresses that no limit holds for are. */
  @Test
  @Tag("S30")
  void ownersThatLeaveWithTheirOnlySocketGoAfterOthersToo() {
    Socket stays = light("stays");
    round(List.of(stays));
    List<Socket> leaving = IntStream.range(0, 400).mapToObj(i -> light("leaves " + i)).toList();
    round(leaving);
    leaving.forEach(Socket::leaves);

    List<Socket> first = round(and(and(leaving, stays), light("comes")));

    assertThat(first.subList(0, 4)).filteredOn(one -> !leaving.contains(one)).hasSize(2);
  }

  @Test
  void anOwnerStaysWhoComesAgain() {
    List<Socket> others = IntStream.range(0, 400).mapToObj(i -> light("leaves " + i)).toList();
    round(others);
    others.forEach(Socket::leaves);
    round(others);
    List<Socket> again = IntStream.range(0, 2).mapToObj(i -> light("leaves " + i)).toList();

    List<Socket> first = round(Stream.concat(others.stream(), again.stream()).toList());

    assertThat(first).containsAll(again);
  }

  @Test
  void thoseThatLeaveHaveEverySecondTurnWhileOthersNeverRest() {
    List<Socket> many = greedy(4);
    List<Socket> leaving = Stream.generate(this::light).limit(400).toList();
    leaving.forEach(Socket::leaves);
    List<Socket> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.addAll(round(Stream.concat(many.stream(), leaving.stream()).toList()));
    }
    assertThat(all.stream().filter(leaving::contains).count())
        .isBetween(all.size() / 2 - 1L, all.size() / 2 + 1L);
  }

  @Test
  void aPauseOfTheMachineIsNobodysDoing() {
    List<Socket> many = greedy(40);
    Socket light = light();
    for (int i = 0; i < 100; i++) {
      round(and(many, light));
    }
    light.lasts = Duration.ofMillis(500);
    roundsUntilRead(light, many);
    light.lasts = Duration.ofNanos(80_000);
    assertThat(roundsUntilRead(light, many)).as("no more than for some 160 µs").isLessThan(40);
  }

  @Test
  void whoSendsOverThousandsOfConnectionsIsNotBeforeWhoHasOne() {
    List<Socket> many = greedy(2_000, "elephant");
    Socket heavy = greedy(1, "mouse").get(0);
    for (int i = 0; i < 100; i++) {
      round(and(many, heavy));
    }
    int turnsOfHeavy = 0;
    int turnsOfMany = 0;
    for (int i = 0; i < 100; i++) {
      List<Socket> inTurn = round(and(many, heavy));
      turnsOfHeavy += inTurn.contains(heavy) ? 1 : 0;
      turnsOfMany += inTurn.size() - (inTurn.contains(heavy) ? 1 : 0);
    }
    assertThat(turnsOfHeavy).isEqualTo(turnsOfMany);
  }

  @Test
  void whoIsBelievedIsNoStrangerOfItsAddressAnyMore() {
    List<Socket> strangers = greedy(2_000);
    Socket known = greedy(1).get(0);
    for (int i = 0; i < 10; i++) {
      round(and(strangers, known));
    }
    int asStranger = roundsUntilRead(known, strangers);
    known.moveTo(new SocketOwner("192.0.2.7", "system:node:a"));
    roundsUntilRead(known, strangers);
    assertThat(roundsUntilRead(known, strangers)).isEqualTo(1);
    assertThat(asStranger).isGreaterThan(900);
  }

  @Test
  void whatItTookAsAStrangerIsNotHeldAgainstItAmongItsUsersOwn() {
    List<Socket> strangers = greedy(2);
    for (int i = 0; i < 1_000; i++) {
      round(strangers);
    }
    Socket moves = strangers.get(0);
    List<Socket> others = greedy(3, "system:node:a");
    round(others);
    moves.moveTo(new SocketOwner("192.0.2.7", "system:node:a"));
    assertThat(roundsUntilRead(moves, others)).isLessThan(4);
  }

  @Test
  void oneMayBeBelievedOrGoWhileItIsReady() {
    Socket moves = light();
    Socket goes = light();
    Socket believer =
        new Socket(0, Duration.ZERO, "a") {
          @Override
          int read() {
            moves.moveTo(new SocketOwner("192.0.2.7", "b"));
            goes.leave();
            return super.read();
          }
        };
    assertThat(round(List.of(believer, moves, goes))).containsExactly(believer, moves, goes);
    assertThat(round(List.of(moves))).containsExactly(moves);
  }

  @Test
  void nobodyReadyIsNoRound() {
    turns.read();
    assertThat(read).isEmpty();
  }
}
