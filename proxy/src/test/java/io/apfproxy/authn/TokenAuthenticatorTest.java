package io.apfproxy.authn;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.request.RefusedException;
import io.apfproxy.request.UserInfo;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Rows S10, S14 and S15 of security.md, on virtual time. */
class TokenAuthenticatorTest {
  private static final String PEER = "192.0.2.1";

  private final ManualClock clock = new ManualClock();
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
    TokenAuthenticator tokens = new TokenAuthenticator(upstream, false, clock);
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(200);
    clock.advance(Duration.ofSeconds(119));
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(200);
    assertThat(upstream.reviewed).hasSize(1);
    upstream.users.clear();
    clock.advance(Duration.ofSeconds(1));
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(401);
  }

  @Test
  void remembersItForTenSecondsWhereTheProxyAsserts() {
    TokenAuthenticator tokens = new TokenAuthenticator(upstream, true, clock);
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
    TokenAuthenticator tokens = new TokenAuthenticator(upstream, false, clock);
    assertThat(code(tokens.authenticate(jwt, PEER))).isEqualTo(200);
    clock.advance(Duration.ofSeconds(31));
    assertThat(code(tokens.authenticate(jwt, PEER))).isEqualTo(200);
    assertThat(upstream.reviewed).hasSize(2);
  }

  @Test
  void remembersABadTokenForTenSeconds() {
    TokenAuthenticator tokens = new TokenAuthenticator(upstream, false, clock);
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
    TokenAuthenticator tokens = new TokenAuthenticator(upstream, false, clock);
    upstream.down = true;
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(503);
    upstream.down = false;
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(200);
  }

  @Test
  void asksOnceForTheSameToken() {
    TokenAuthenticator tokens = new TokenAuthenticator(slow, false, clock);
    var first = tokens.authenticate("t", PEER);
    var second = tokens.authenticate("t", PEER);
    assertThat(open).hasSize(1);
    open.get(0).complete(Optional.of(UserInfo.of("bob")));
    assertThat(code(first)).isEqualTo(200);
    assertThat(code(second)).isEqualTo(200);
  }

  @Test
  void boundsReviewsInFlightAndWaiting() {
    TokenAuthenticator tokens = new TokenAuthenticator(slow, false, clock);
    List<CompletableFuture<UserInfo>> answers = new ArrayList<>();
    for (int i = 0; i < 1065; i++) {
      answers.add(tokens.authenticate("t" + i, "192.0.2." + i % 10));
    }
    assertThat(open).hasSize(64);
    assertThat(code(answers.get(1064))).isEqualTo(429);
    assertThat(answers.subList(0, 1064)).noneMatch(CompletableFuture::isDone);
    for (int i = 0; i < open.size(); i++) {
      open.get(i).complete(Optional.of(UserInfo.of("bob")));
    }
    assertThat(answers.subList(0, 1064)).allMatch(answer -> code(answer) == 200);
  }

  @Test
  void boundsNewTokensOfOneAddress() {
    TokenAuthenticator tokens = new TokenAuthenticator(upstream, false, clock);
    for (int i = 0; i < 200; i++) {
      assertThat(code(tokens.authenticate("random" + i, PEER))).isEqualTo(401);
    }
    assertThat(code(tokens.authenticate("good", PEER))).isEqualTo(429);
    assertThat(code(tokens.authenticate("good", "192.0.2.2"))).isEqualTo(200);
    assertThat(code(tokens.authenticate("good", PEER))).as("known by now").isEqualTo(200);
    clock.advance(Duration.ofMillis(50));
    assertThat(code(tokens.authenticate("another", PEER))).isEqualTo(401);
    assertThat(code(tokens.authenticate("yet another", PEER))).isEqualTo(429);
  }
}
