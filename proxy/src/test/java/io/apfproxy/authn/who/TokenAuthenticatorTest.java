package io.apfproxy.authn.who;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.authn.FakeReviews;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import io.apfproxy.time.ManualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows S10, S14 and S15 of security.md, on virtual time. */
@Tag("S10")
@Tag("S14")
@Tag("S15")
class TokenAuthenticatorTest {
  private static final String PEER = "192.0.2.1";

  private final ManualTime clock = new ManualTime();
  private final List<CompletableFuture<Optional<UserInfo>>> open = new ArrayList<>();
  private final TokenReviewer slow =
      token -> {
        CompletableFuture<Optional<UserInfo>> answer = new CompletableFuture<>();
        open.add(answer);
        return answer;
      };
  private final FakeReviews upstream = new FakeReviews();

  TokenAuthenticatorTest() {
    upstream.users.put("good", UserInfo.of("bob"));
  }

  private static int code(Future<UserInfo> answer) {
    assertThat(answer.isDone()).isTrue();
    try {
      answer.get();
      return 200;
    } catch (ExecutionException e) {
      return ((RefusedException) e.getCause()).code();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void remembersAGoodTokenForTwoMinutes() {
    TokenAuthenticator tokens = new TokenAuthenticator(upstream, false, nobody -> false, clock);
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(200);
    clock.advance(Duration.ofSeconds(89));
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(200);
    assertThat(upstream.reviewed).hasSize(1);
    upstream.users.clear();
    clock.advance(Duration.ofSeconds(31));
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(401);
  }

  @Test
  void remembersItForTenSecondsWhereTheProxyAsserts() {
    TokenAuthenticator tokens = new TokenAuthenticator(upstream, true, nobody -> false, clock);
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(200);
    upstream.users.clear();
    clock.advance(Duration.ofSeconds(9));
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(200);
    clock.advance(Duration.ofSeconds(1));
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(401);
  }

  @Test
  void doesNotRememberATokenLongerThanItSaysItLives() {
    long exp = clock.epochMillis() / 1000 + 30;
    String claims = "{\"iss\":\"x\",\"exp\": " + exp + "}";
    String jwt =
        "e30."
            + Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(claims.getBytes(StandardCharsets.UTF_8))
            + ".sig";
    upstream.users.put(jwt, UserInfo.of("bob"));
    TokenAuthenticator tokens = new TokenAuthenticator(upstream, false, nobody -> false, clock);
    assertThat(code(tokens.authenticate(jwt, PEER))).isEqualTo(200);
    clock.advance(Duration.ofSeconds(31));
    assertThat(code(tokens.authenticate(jwt, PEER))).isEqualTo(200);
    assertThat(upstream.reviewed).hasSize(2);
  }

  @Test
  void remembersABadTokenForTenSeconds() {
    TokenAuthenticator tokens = new TokenAuthenticator(upstream, false, nobody -> false, clock);
    for (int i = 0; i < 1000; i++) {
      assertThat(code(tokens.authenticate("bad", PEER))).isEqualTo(401);
    }
    assertThat(upstream.reviewed).hasSize(1);
    clock.advance(Duration.ofSeconds(10));
    assertThat(code(tokens.authenticate("bad", PEER))).isEqualTo(401);
    assertThat(upstream.reviewed).hasSize(2);
  }

  @Test
  void doesNotRememberAFailedReview() {
    TokenAuthenticator tokens = new TokenAuthenticator(upstream, false, nobody -> false, clock);
    upstream.down = true;
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(503);
    upstream.down = false;
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(200);
  }

  @Test
  void asksOnceForTheSameToken() {
    TokenAuthenticator tokens = new TokenAuthenticator(slow, false, nobody -> false, clock);
    var first = tokens.authenticate("t", PEER);
    var second = tokens.authenticate("t", PEER);
    assertThat(open).hasSize(1);
    open.get(0).complete(Optional.of(UserInfo.of("bob")));
    assertThat(code(first)).isEqualTo(200);
    assertThat(code(second)).isEqualTo(200);
  }

  @Test
  void boundsReviewsInFlightAndWaiting() {
    TokenAuthenticator tokens = new TokenAuthenticator(slow, false, nobody -> false, clock);
    List<CompletableFuture<UserInfo>> answers = new ArrayList<>();
    for (int i = 0; i < 20_065; i++) {
      answers.add(tokens.authenticate("t" + i, "192.0.2." + i % 10));
    }
    assertThat(open).hasSize(64);
    assertThat(tokens.waiting().used().getAsLong()).isEqualTo(20_000);
    assertThat(answers)
        .filteredOn(CompletableFuture::isDone)
        .singleElement()
        .satisfies(answer -> assertThat(code(answer)).isEqualTo(429));
    for (int i = 0; i < open.size(); i++) {
      open.get(i).complete(Optional.of(UserInfo.of("bob")));
    }
    assertThat(answers).filteredOn(answer -> code(answer) == 200).hasSize(20_064);
  }

  @Test
  void boundsTheBytesOfTokensThatWait() {
    TokenAuthenticator tokens = new TokenAuthenticator(slow, false, nobody -> false, clock);
    for (int i = 0; i < 2000; i++) {
      var unused = tokens.authenticate("t".repeat(128 << 10) + i, PEER);
    }
    assertThat(tokens.waiting().used().getAsLong()).isLessThanOrEqualTo(256);
  }

  @Test
  void boundsBadTokensOfOneAddressWhileReviewsAreQueued() {
    TokenAuthenticator tokens = new TokenAuthenticator(slow, false, nobody -> false, clock);
    List<CompletableFuture<UserInfo>> flood = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      flood.add(tokens.authenticate("random" + i, PEER));
    }
    assertThat(tokens.waiting().used().getAsLong()).isLessThanOrEqualTo(20_000);
    CompletableFuture<UserInfo> honest = tokens.authenticate("good", "192.0.2.2");
    assertThat(open).as("another address need not wait").hasSize(53);
    open.get(52).complete(Optional.of(UserInfo.of("bob")));
    assertThat(code(honest)).isEqualTo(200);
    for (int i = 0; i < open.size(); i++) {
      open.get(i).complete(Optional.empty());
    }
    assertThat(open.size()).as("reviews of 100,000 random tokens").isLessThan(600);
    assertThat(flood).allMatch(CompletableFuture::isDone);
    assertThat(tokens.waiting().used().getAsLong()).isZero();
    assertThat(tokens.remembered().used().getAsLong()).isLessThan(4 << 20);
  }

  @Test
  void refusesNobodyWhileNobodyWaits() {
    TokenAuthenticator tokens = new TokenAuthenticator(upstream, false, nobody -> false, clock);
    for (int i = 0; i < 1000; i++) {
      assertThat(code(tokens.authenticate("random" + i, PEER))).isEqualTo(401);
    }
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(200);
  }

  @Test
  void refusesUnknownTokensOfAnAddressWithManyBadOnesWhileReviewsAreQueued() {
    List<String> peers = List.of("2001:db8:1:2::1", "2001:db8:1:2::ffff");
    TokenAuthenticator tokens =
        new TokenAuthenticator(this::badUntilFull, false, nobody -> false, clock);
    upstream.users.put("proven", UserInfo.of("carol"));
    assertThat(code(tokens.authenticate("proven", peers.get(1)))).isEqualTo(200);
    clock.advance(Duration.ofMinutes(5));
    for (int i = 0; i < 200; i++) {
      assertThat(code(tokens.authenticate("random" + i, peers.get(i % 2)))).isEqualTo(401);
    }
    fill(tokens);
    assertThat(code(tokens.authenticate("unknown", peers.get(1))))
        .as("one /64 is one address")
        .isEqualTo(429);
    assertThat(tokens.authenticate("proven", peers.get(1)))
        .as("once good, not unknown, although its entry is over")
        .isNotDone();
    assertThat(tokens.authenticate("unknown", "2001:db8:1:3::1")).isNotDone();
    clock.advance(Duration.ofMillis(50));
    assertThat(tokens.authenticate("unknown2", peers.get(1))).as("20 a second").isNotDone();
  }

  @Test
  void countsNoBadTokensOfUnlimitedAddresses() {
    TokenAuthenticator tokens =
        new TokenAuthenticator(
            this::badUntilFull, false, address -> address.isLoopbackAddress(), clock);
    for (int i = 0; i < 1000; i++) {
      assertThat(code(tokens.authenticate("random" + i, "127.0.0.1"))).isEqualTo(401);
    }
    fill(tokens);
    assertThat(tokens.authenticate("unknown", "127.0.0.1")).isNotDone();
  }

  private boolean full;

  private java.util.concurrent.CompletionStage<Optional<UserInfo>> badUntilFull(String token) {
    return full ? slow.review(token) : upstream.review(token);
  }

  private void fill(TokenAuthenticator tokens) {
    full = true;
    for (int i = 0; i < 100; i++) {
      assertThat(tokens.authenticate("filler" + i, "198.51.100." + i)).isNotDone();
    }
  }

  @Test
  void refusesNoneOfFiveThousandGoodTokensOfOneAddressForThreeLifetimes() {
    Map<String, CompletableFuture<Optional<UserInfo>>> asked = new LinkedHashMap<>();
    TokenReviewer oneMillisecondEach =
        token -> asked.computeIfAbsent(token, t -> new CompletableFuture<>());
    TokenAuthenticator tokens =
        new TokenAuthenticator(oneMillisecondEach, false, nobody -> false, clock);
    List<CompletableFuture<UserInfo>> answers = new ArrayList<>();
    int reviews = 0;
    for (int second = 0; second < 3 * 120 + 60; second += 30) {
      for (int i = 0; i < 5000; i++) {
        answers.add(tokens.authenticate("agent" + i, PEER));
      }
      while (!asked.isEmpty()) {
        assertThat(asked).hasSizeLessThanOrEqualTo(64);
        clock.advance(Duration.ofMillis(1));
        List<CompletableFuture<Optional<UserInfo>>> now = List.copyOf(asked.values());
        asked.clear();
        reviews += now.size();
        now.forEach(review -> review.complete(Optional.of(UserInfo.of("agent"))));
      }
      clock.advance(Duration.ofSeconds(30));
    }
    assertThat(answers).hasSize(70_000).allMatch(answer -> code(answer) == 200);
    assertThat(reviews).isBetween(15_000, 25_000);
  }

  @Test
  void renewsATokenInUseBeforeItEndsAndOnceOnly() {
    TokenAuthenticator tokens = new TokenAuthenticator(slow, false, nobody -> false, clock);
    var first = tokens.authenticate("t", PEER);
    open.get(0).complete(Optional.of(UserInfo.of("bob")));
    assertThat(code(first)).isEqualTo(200);
    clock.advance(Duration.ofSeconds(95));
    for (int i = 0; i < 100; i++) {
      assertThat(code(tokens.authenticate("t", PEER))).isEqualTo(200);
    }
    assertThat(open).hasSize(2);
    open.get(1).complete(Optional.of(UserInfo.of("bob")));
    clock.advance(Duration.ofSeconds(85));
    assertThat(code(tokens.authenticate("t", PEER))).isEqualTo(200);
    assertThat(open).as("its second two minutes are not over").hasSize(2);
  }

  @Test
  void endsATokenThatTurnsOutBadWhenRenewed() {
    TokenAuthenticator tokens = new TokenAuthenticator(upstream, false, nobody -> false, clock);
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(200);
    upstream.users.clear();
    clock.advance(Duration.ofSeconds(95));
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(200);
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource({"false, 149, 150", "true, 14, 15"})
  void believesAGoodTokenForAGraceWhileTheUpstreamGivesNoAnswer(
      boolean asserted, long stillGood, long over) {
    TokenAuthenticator tokens = new TokenAuthenticator(upstream, asserted, nobody -> false, clock);
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(200);
    upstream.down = true;
    clock.advance(Duration.ofSeconds(stillGood));
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(200);
    clock.advance(Duration.ofSeconds(over - stillGood));
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(503);
  }

  @Test
  void doesNotKeepAGoodTokenWaitingForASlowUpstream() {
    TokenAuthenticator tokens = new TokenAuthenticator(slow, false, nobody -> false, clock);
    var first = tokens.authenticate("t", PEER);
    open.get(0).complete(Optional.of(UserInfo.of("bob")));
    assertThat(code(first)).isEqualTo(200);
    clock.advance(Duration.ofSeconds(125));
    long asked = System.nanoTime(); // who waits does so by the real clock
    var patient = tokens.authenticate("t", PEER);
    boolean answered = patient.isDone();
    assertThat(answered && System.nanoTime() - asked < Duration.ofSeconds(1).toNanos())
        .as("answered before the upstream had a moment to answer")
        .isFalse();
    clock.advance(Duration.ofSeconds(1));
    assertThat(code(tokens.authenticate("t", PEER))).isEqualTo(200);
    assertThat(patient).succeedsWithin(Duration.ofSeconds(60));
    assertThat(open).hasSize(2);
  }
}
