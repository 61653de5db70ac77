package io.apfproxy.upstream.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.report.Reporter;
import io.apfproxy.request.HeaderLines;
import io.apfproxy.upstream.members.Members;
import io.apfproxy.upstream.members.Outage;
import io.apfproxy.upstream.wire.Credential;
import io.apfproxy.upstream.wire.LaneKind;
import io.apfproxy.upstream.wire.Member;
import io.apfproxy.upstream.wire.Outgoing;
import io.apfproxy.upstream.wire.Sender;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClosedException;
import java.net.ConnectException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nothing was sent over a connection that was gone, so another one may do: whoever asks. */
@Tag("L-91")
class GoneConnectionTest {
  private final FakeLoop loop = new FakeLoop(new Random(1));
  private final Deque<Throwable> failures = new ArrayDeque<>();
  private final List<Object> refusals = new ArrayList<>();
  private int opened;

  private void ask(Throwable... failing) {
    failures.addAll(List.of(failing));
    Member member =
        new Fake()
            .returns("server", () -> URI.create("https://10.0.0.1:6443"))
            .answers(
                "open",
                args -> {
                  opened++;
                  return Future.failedFuture(failures.remove());
                })
            .as(Member.class);
    ExchangeListener listener =
        new Fake()
            .returns("seats", () -> HeldSeats.NONE)
            .takes("failed", Object.class, refusals::add)
            .as(ExchangeListener.class);
    HttpExchange exchange =
        new HttpExchange(
            loop.vertx(),
            new Members<>(List.of(member), Outage.never(), () -> 0).choose(1),
            Reporter.NONE,
            new FakeClient(true, true, true).request(),
            new Outgoing(
                "GET",
                "/api",
                new HeaderLines(),
                new Sender(Credential.NONE, true, null, List.of()),
                "192.0.2.1",
                "proxy",
                "id",
                "",
                false,
                LaneKind.SMALL,
                false,
                List.of()),
            null,
            listener,
            new Backlogs(new UnreadBytes(0, 0), new ResponsePool(1, 1, 0)));
    exchange.start();
    while (!loop.isQuiet()) {
      loop.runTurn();
    }
  }

  @Test
  void isMadeAnewThoughNobodyIsWaitedFor() {
    ask(new HttpClosedException("gone just then"), new ConnectException("refused"));

    assertThat(opened).isEqualTo(2);
    assertThat(refusals).as("nobody is there").hasSize(1);
  }

  @Test
  void isNotMadeAgainAndAgain() {
    Throwable gone = new HttpClosedException("gone just then");
    ask(gone, gone, gone, gone, gone);

    assertThat(opened).isEqualTo(5);
    assertThat(refusals).hasSize(1);
  }

  @Test
  void isNotMadeAnewWhereNobodyIsThere() {
    ask(new ConnectException("refused"));

    assertThat(opened).isOne();
    assertThat(refusals).hasSize(1);
  }
}
