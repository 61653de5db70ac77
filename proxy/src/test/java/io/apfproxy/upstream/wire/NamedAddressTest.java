package io.apfproxy.upstream.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A name is asked for again and again, and nobody waits for the answer who can do without. */
@Tag("S88")
class NamedAddressTest {
  private final Deque<Promise<InetAddress>> questions = new ArrayDeque<>();
  private final NamedAddress name = named("upstream.example");
  private long now;

  private NamedAddress named(String host) {
    return new NamedAddress(
        SocketAddress.inetSocketAddress(6443, host),
        asked -> {
          Promise<InetAddress> question = Promise.promise();
          questions.add(question);
          return question.future();
        },
        () -> now);
  }

  private void answer(String address) throws UnknownHostException {
    questions.remove().complete(InetAddress.getByName(address));
  }

  private void pass(int seconds) {
    now += TimeUnit.SECONDS.toNanos(seconds);
  }

  private static String found(Future<SocketAddress> search) {
    return search.result().host();
  }

  @Test
  void waitsForTheFirstAnswerWithAllWhoAsk() throws UnknownHostException {
    Future<SocketAddress> one = name.find();
    Future<SocketAddress> other = name.find();
    assertThat(one.isComplete()).isFalse();
    assertThat(questions).hasSize(1);
    answer("10.0.0.1");
    assertThat(found(one)).isEqualTo("10.0.0.1");
    assertThat(found(other)).isEqualTo("10.0.0.1");
    assertThat(one.result().port()).isEqualTo(6443);
  }

  @Test
  void asksOnceASecondAndLetsNobodyWait() throws UnknownHostException {
    name.find();
    answer("10.0.0.1");
    assertThat(found(name.find())).isEqualTo("10.0.0.1");
    assertThat(questions).isEmpty();
    pass(1);
    assertThat(found(name.find())).isEqualTo("10.0.0.1");
    assertThat(found(name.find())).isEqualTo("10.0.0.1");
    assertThat(questions).hasSize(1);
    answer("10.0.0.2");
    assertThat(found(name.find())).isEqualTo("10.0.0.2");
  }

  @Test
  void waitsForAnAnswerWhenTheLastIsOld() throws UnknownHostException {
    name.find();
    answer("10.0.0.1");
    pass(30);
    Future<SocketAddress> search = name.find();
    assertThat(search.isComplete()).isFalse();
    answer("10.0.0.2");
    assertThat(found(search)).isEqualTo("10.0.0.2");
  }

  @Test
  void keepsTheLastAddressOfANameThatNobodyKnowsAnyMore() throws UnknownHostException {
    name.find();
    answer("10.0.0.1");
    pass(3_600);
    Future<SocketAddress> search = name.find();
    questions.remove().fail("SERVFAIL");
    assertThat(found(search)).isEqualTo("10.0.0.1");
    assertThat(found(name.find())).as("until it is asked again").isEqualTo("10.0.0.1");
    assertThat(questions).isEmpty();
  }

  @Test
  void failsWhileANameHasNeverBeenKnown() throws UnknownHostException {
    Future<SocketAddress> search = name.find();
    questions.remove().fail("NXDOMAIN");
    assertThat(search.failed()).isTrue();
    Future<SocketAddress> next = name.find();
    answer("2001:db8::1");
    assertThat(found(next)).isEqualTo("[2001:db8:0:0:0:0:0:1]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1", "[2001:db8::1]", "2001:db8::1"})
  void looksNoAddressUp(String address) {
    assertThat(named(address).find().succeeded()).isTrue();
    assertThat(questions).isEmpty();
  }
}
