package io.apfproxy.tracing;

import io.apfproxy.flowcontrol.Admission;
import io.apfproxy.flowcontrol.Classification;
import io.apfproxy.flowcontrol.FakeLease;
import io.apfproxy.flowcontrol.WouldHave;
import io.apfproxy.report.Account;
import io.apfproxy.report.Trace;
import io.apfproxy.report.Tracer;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request that is traced, step by step, at instants in milliseconds after it came. */
public final class TracedRequest {
  private static final long MILLI = 1_000_000;
  private static final long ARRIVED = 20_000 * MILLI;

  private final Account account;
  private final List<Map.Entry<String, String>> head = new ArrayList<>();
  private Trace trace = Trace.NONE;
  private List<Map.Entry<String, String>> sent = List.of();

  private TracedRequest(Account account) {
    this.account = account;
  }

  /** One that came with these header lines: names and values in turn. */
  public static TracedRequest of(String method, String target, String... lines) {
    Account account = new Account(ARRIVED, "id-1", "192.0.2.1", method, target, "kubectl/v1.37.0");
    TracedRequest request = new TracedRequest(account);
    for (int i = 0; i < lines.length; i += 2) {
      request.head.add(Map.entry(lines[i], lines[i + 1]));
    }
    try {
      account.understood(RequestInfoParser.parse(method, RequestTarget.parse(target)));
    } catch (RefusedException e) {
      throw new IllegalArgumentException(e);
    }
    return request;
  }

  static long at(long millis) {
    return ARRIVED + millis * MILLI;
  }

  /** It is known who asks, after 2 ms: he himself. */
  public TracedRequest by(Tracer tracer, UserInfo who) {
    return by(tracer, who, who);
  }

  /** It is known who asks, after 2 ms, and as whom. */
  TracedRequest by(Tracer tracer, UserInfo who, UserInfo as) {
    RequestInfo info = account.info();
    if (info == null) {
      throw new IllegalStateException();
    }
    account.identified(who, "PASS_THROUGH", new RequestDigest(info, as, ""), at(2));
    trace = tracer.begin(account, head);
    return this;
  }

  /** It asks for seats after 3 ms, and has 2 of them after 7. */
  public TracedRequest seated(@Nullable WouldHave wouldHave) {
    account.admitted(new Place());
    account.seated(new Seats(wouldHave));
    return this;
  }

  /** It asks for seats after 3 ms, and gets none. */
  TracedRequest refused(RefusedException why) {
    account.admitted(new Place());
    account.refused(why);
    account.answered(why.code(), at(9));
    return this;
  }

  /** It is sent on after 8 ms, its response head goes out after 11. */
  public TracedRequest sent(int code) {
    sent = trace.sent(at(8));
    account.sent(at(8));
    account.answered(code, at(11));
    return this;
  }

  /** It is over, after 15 ms. */
  public Account end() {
    account.ended(at(15));
    trace.ended(account);
    return account;
  }

  Trace trace() {
    return trace;
  }

  /** A header line as the upstream gets it; empty if it gets none. */
  String told(String name) {
    return sent.stream()
        .filter(line -> line.getKey().equals(name))
        .map(Map.Entry::getValue)
        .reduce((one, other) -> one + " and " + other)
        .orElse("");
  }

  private static final class Place implements Admission {
    @Override
    public Classification classification() {
      return new Classification("schema", "", "level", "", "ann");
    }

    @Override
    public long arrivedAt() {
      return at(3);
    }

    @Override
    public boolean isWaiting() {
      return false;
    }

    @Override
    public boolean cancel() {
      return false;
    }

    @Override
    public void crowdOut() {}
  }

  private record Seats(@Nullable WouldHave wouldHave) implements FakeLease {
    @Override
    public int seats() {
      return 2;
    }

    @Override
    public long waitedNanos() {
      return 4 * MILLI;
    }
  }
}
