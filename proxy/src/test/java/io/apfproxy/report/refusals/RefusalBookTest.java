package io.apfproxy.report.refusals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.apfproxy.flowcontrol.Circumstances;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.report.Account;
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In virtual time. */
@Tag("V-28")
class RefusalBookTest {
  private static final Classification PLACE =
      new Classification("schema", "uid", "level", "uid", "ann");

  private final ManualTime time = new ManualTime();
  private final RefusalBook book = new RefusalBook(time);
  private final Reporter loop = book.reporter().ofLoop();

  private Account account(String id, String address, String target, String agent) {
    return new Account(time.nanoTime(), id, address, "GET", target, agent);
  }

  private static void identified(Account account, String user, long now) throws Exception {
    RequestInfo info = RequestInfoParser.parse("GET", RequestTarget.parse("/api"));
    UserInfo who = UserInfo.of(user);
    account.identified(who, "AUTO", new RequestDigest(info, who, ""), now);
  }

  private static RefusedException refusal(String rule) {
    return new RefusedException(429, "TooManyRequests", rule, "no seat is free").retryAfter(3);
  }

  private void refuse(String rule, String id, String user) throws Exception {
    Account account = account(id, "192.0.2.1", "/api", "curl");
    identified(account, user, time.nanoTime());
    account.refused(refusal(rule));
    loop.answered(account);
  }

  private void refuseUnknown(String rule, String address) {
    Account account = account("id", address, "/api", "curl");
    account.refused(refusal(rule));
    loop.answered(account);
  }

  private List<Refused> of(@Nullable String id, @Nullable String user) {
    return find(id, user, null, null);
  }

  private List<Refused> find(
      @Nullable String id, @Nullable String user, @Nullable String rule, @Nullable String level) {
    return book.find(new RefusalQuestion(id, user, rule, level, RefusalQuestion.MOST)).rows();
  }

  @Test
  void remembersWhatLedToIt() throws Exception {
    Account account =
        account("the-id", "192.0.2.1", "/api/v1/pods?limit=500&command=secret", "kubectl/v1.37");
    identified(account, "ann", time.nanoTime());
    account.classified(PLACE);
    HeaviestFlow.Flow heaviest = new HeaviestFlow.Flow("schema", "elephant", 19.5);
    Circumstances found = new Circumstances(20, 20, 7, 50, 50);
    account.foundFull(found, heaviest);
    time.advance(Duration.ofMillis(1500));
    account.refused(refusal("queue-full").forSeats(2).by("per-user", "user ann"));

    loop.answered(account);

    assertThat(of("the-id", null))
        .containsExactly(
            new Refused(
                time.epochMillis(),
                "the-id",
                "queue-full",
                false,
                429,
                "no seat is free",
                new Refused.Who("ann", "kubectl/v1.37", "192.0.2.1"),
                "GET /api/v1/pods?limit=500&…=…",
                PLACE,
                "per-user",
                "user ann",
                2,
                found,
                Duration.ofMillis(1500).toNanos(),
                3,
                heaviest));
    assertThat(of(null, "ann")).hasSize(1);
    assertThat(of(null, "bob")).isEmpty();
    assertThat(find(null, "ann", "queue-full", "level")).hasSize(1);
    assertThat(find(null, "ann", "time-out", null)).isEmpty();
    assertThat(find(null, null, null, "other")).isEmpty();
  }

  @Test
  @Tag("V-37")
  void remembersWhatWouldHaveBeenRefused() throws Exception {
    Account account = account("the-id", "192.0.2.1", "/api?command=secret", "kubectl/v1.37");
    identified(account, "ann", time.nanoTime());
    account.classified(PLACE);
    Circumstances found = new Circumstances(20, 20, 7, 50, 50);

    loop.wouldRefuse(account, refusal("queue-full"), found, null);
    loop.wouldRefuse(account.brief(), refusal("queue-full"), found, null);

    List<Refused> rows = of("the-id", "ann");
    assertThat(rows).hasSize(2);
    assertThat(rows.get(0).would()).isTrue();
    assertThat(rows.get(0).place()).isEqualTo(PLACE);
    assertThat(rows.get(0).found()).isEqualTo(found);
    assertThat(rows.get(0)).as("little is kept, but all of this").isEqualTo(rows.get(1));
  }

  @Test
  void isNotToldOfOtherAnswers() throws Exception {
    Account account = account("id", "192.0.2.1", "/api", "curl");
    identified(account, "ann", 0);
    account.answered(200, 0);

    loop.answered(account);

    assertThat(book.total()).isZero();
    assertThat(of(null, null)).isEmpty();
  }

  @Test
  void aFloodOfOneUserLeavesTwentyASecondOfEachOther() throws Exception {
    for (int millis = 0; millis < 10_000; millis++) {
      for (int i = 0; i < 10; i++) {
        refuse("queue-full", "e", "elephant");
      }
      if (millis % 50 == 0) {
        refuse("queue-full", "m" + millis, "mouse");
      }
      time.advance(Duration.ofMillis(1));
    }

    assertThat(of(null, "mouse")).hasSize(200);
    assertThat(of("m9950", null)).hasSize(1);
    assertThat(of(null, "elephant")).hasSizeBetween(200, 220);
    refuse("time-out", "e2", "elephant");
    assertThat(of("e2", null)).as("another rule").hasSize(1);
    assertThat(book.total()).isEqualTo(100_201);
    assertThat(book.leftOut()).isEqualTo(100_201 - book.remembered());
    assertThat(book.pushedOut()).isZero();
    assertThat(book.kinds()).isBetween(1, 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1", "2001:db8::%x"})
  void aFloodOfNobodyIsHeldByItsAddress(String address) {
    for (int i = 0; i < 1_000; i++) {
      refuseUnknown("unauthorized", String.format(address, i));
    }
    refuseUnknown("unauthorized", "198.51.100.1");

    assertThat(find(null, null, "unauthorized", null)).hasSize(21);
    assertThat(of(null, null).get(0).who()).isEqualTo(new Refused.Who("", "curl", "198.51.100.1"));
  }

  @Test
  void theLastOnesStay() throws Exception {
    for (int i = 0; i < 5_000; i++) {
      refuse("queue-full", "id" + i, "user" + i);
      time.advance(Duration.ofMillis(1));
    }

    RefusalAnswer answer = book.find(new RefusalQuestion(null, null, null, null, 2));
    assertThat(answer.rows()).extracting(Refused::auditId).containsExactly("id4999", "id4998");
    assertThat(answer.capacity()).isEqualTo(4096);
    assertThat(answer.remembered()).isEqualTo(4096).isEqualTo(book.remembered());
    assertThat(answer.total()).isEqualTo(5_000);
    assertThat(answer.since()).isEqualTo(time.epochMillis() - 4096);
    assertThat(book.pushedOut()).isEqualTo(904);
    assertThat(of("id903", null)).isEmpty();
    assertThat(of("id904", null)).hasSize(1);
  }

  private static Refused numbered(int number) {
    return new Refused(
        number,
        "id" + number,
        "queue-full",
        false,
        429,
        "no seat is free",
        new Refused.Who("ann", "curl", "192.0.2.1"),
        "GET /api",
        PLACE,
        "",
        "",
        1,
        Circumstances.NONE,
        0,
        0,
        null);
  }

  @Test
  @Tag("V-68")
  void whatIsNewIsToldOnceAndWhatHadNoRoomIsCounted() {
    book.write(numbered(1));
    book.write(numbered(2));
    RefusalNews first = book.since(0);
    assertThat(first.rows()).extracting(Refused::auditId).containsExactly("id2", "id1");
    assertThat(book.since(first.next())).isEqualTo(new RefusalNews(first.next(), 0, List.of()));

    for (int i = 0; i < RefusalBook.PLACES + 10; i++) {
      book.write(numbered(100 + i));
    }

    RefusalNews flood = book.since(first.next());
    assertThat(flood.rows()).hasSize(RefusalBook.PLACES);
    assertThat(flood.rows().get(RefusalBook.PLACES - 1).auditId()).isEqualTo("id110");
    assertThat(flood.gone()).isEqualTo(10);
    assertThat(book.since(flood.next()).rows()).isEmpty();
  }

  /** The ring goes round hundreds of times meanwhile, under the hands of whoever reads it. */
  @Test
  @Tag("V-68")
  void nothingNewIsToldTwiceOrLostWhileOthersWrite() throws Exception {
    int each = 100_000;
    List<Thread> threads = new ArrayList<>();
    for (int writer = 0; writer < 4; writer++) {
      int first = writer * each;
      threads.add(
          new Thread(
              () -> {
                for (int i = first; i < first + each; i++) {
                  book.write(numbered(i));
                }
              }));
    }
    BitSet seen = new BitSet();
    int twice = 0;
    long position = 0;
    long gone = 0;
    threads.forEach(Thread::start);
    boolean writing = true;
    while (writing) {
      writing = threads.stream().anyMatch(Thread::isAlive);
      RefusalNews news = book.since(position);
      for (Refused row : news.rows()) {
        twice += seen.get((int) row.epochMillis()) ? 1 : 0;
        seen.set((int) row.epochMillis());
      }
      position = news.next();
      gone += news.gone();
    }

    assertThat(twice).isZero();
    assertThat(position).isEqualTo(4L * each);
    assertThat(seen.cardinality() + gone).isEqualTo(4L * each);
  }

  @Test
  void moreKindsThanThereIsRoomForShare() throws Exception {
    for (int i = 0; i < 40_000; i++) {
      refuse("queue-full", "id", "user" + i);
    }

    assertThat(book.kinds()).isLessThanOrEqualTo(book.mostKinds());
    assertThat(book.kindOverflows()).isGreaterThanOrEqualTo(40_000L - book.mostKinds());
    assertThat(book.remembered() + book.pushedOut()).isLessThanOrEqualTo(book.mostKinds() + 20L);
  }

  @Test
  void connectionsHaveWhatIsKnownOfThem() {
    book.reporter().notAccepted("connections-of-address", "closed, it has 100", "192.0.2.1");

    assertThat(of(null, null))
        .containsExactly(
            new Refused(
                time.epochMillis(),
                "",
                "connections-of-address",
                false,
                0,
                "closed, it has 100",
                new Refused.Who("", "", "192.0.2.1"),
                "",
                Classification.NONE,
                "",
                "",
                0,
                Circumstances.NONE,
                0,
                0,
                null));
  }

  @Test
  void whatClientsWroteIsCutAndEscaped() throws Exception {
    String longOne = "\u001b[2J" + "x".repeat(2_000);
    Account account = account("id", "192.0.2.1", "/" + longOne, longOne);
    identified(account, longOne, 0);
    account.classified(new Classification("schema", "", "level", "", longOne));
    account.refused(refusal("a-rule"));

    loop.answered(account);

    Refused one = of(null, null).get(0);
    assertThat(one.who().user()).startsWith("\\u001b[2Jxx").hasSize(126).endsWith("…");
    assertThat(one.who().agent()).isEqualTo(one.who().user());
    assertThat(one.place().flowDistinguisher()).isEqualTo(one.who().user());
    assertThat(one.request()).startsWith("GET /\\u001b[2Jx").hasSizeLessThanOrEqualTo(512);
    assertThat(of(null, longOne)).as("asked for by its whole name").hasSize(1);
  }

  @Test
  void knowsWhatItCannotBeAsked() {
    assertThat(RefusalQuestion.limit(null, 20)).isEqualTo(20);
    assertThat(RefusalQuestion.limit("1000", 20)).isEqualTo(1_000);
    assertThatThrownBy(() -> RefusalQuestion.limit("\u001b", 20))
        .hasMessage("limit: found \"\\u001b\", expected a whole number from 1 to 1000");
    assertThatThrownBy(() -> new RefusalQuestion(null, null, null, null, 1_001))
        .hasMessage("limit: found 1001, expected a whole number from 1 to 1000");
  }
}
