package io.apfproxy.report;

import io.apfproxy.flowcontrol.Circumstances;
import io.apfproxy.request.RefusedException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells several, in order. */
final class All implements Reporter {
  /*
   * Each request tells eight things, and most who listen want one or two of them. Calls of an
   * interface with many implementations are dear where a request comes alone, so what every request
   * tells goes only to those who have a method of their own for it: the others' does nothing.
   */
  private final Reporter[] each;
  private final Reporter[] held;
  private final Reporter[] identified;
  private final Reporter[] answered;
  private final Reporter[] responseBytes;
  private final Reporter[] ended;

  All(List<Reporter> each) {
    this.each = each.toArray(Reporter[]::new);
    this.held = withOwn("held", Held.class, int.class);
    this.identified = withOwn("identified", Account.class);
    this.answered = withOwn("answered", Account.class);
    this.responseBytes = withOwn("responseBytes", int.class);
    this.ended = withOwn("ended", Account.class);
  }

  private Reporter[] withOwn(String method, Class<?>... parameters) {
    return Arrays.stream(each)
        .filter(one -> hasOwn(one, method, parameters))
        .toArray(Reporter[]::new);
  }

  private static boolean hasOwn(Reporter one, String method, Class<?>... parameters) {
    try {
      return one.getClass().getMethod(method, parameters).getDeclaringClass() != Reporter.class;
    } catch (NoSuchMethodException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Those whom a reporter tells. */
  static Stream<Reporter> members(Reporter of) {
    return of instanceof All all ? Arrays.stream(all.each) : Stream.of(of);
  }

  @Override
  public Reporter ofLoop() {
    return Reporter.all(Arrays.stream(each).map(Reporter::ofLoop).toArray(Reporter[]::new));
  }

  @Override
  public void tick() {
    for (Reporter one : each) {
      one.tick();
    }
  }

  @Override
  public void held(Held what, int delta) {
    for (Reporter one : held) {
      one.held(what, delta);
    }
  }

  @Override
  public void identified(Account account) {
    for (Reporter one : identified) {
      one.identified(account);
    }
  }

  @Override
  public void answered(Account account) {
    for (Reporter one : answered) {
      one.answered(account);
    }
  }

  @Override
  public void wouldWait(Account account, long nanos) {
    for (Reporter one : each) {
      one.wouldWait(account, nanos);
    }
  }

  @Override
  public void wouldRefuse(
      Account account,
      RefusedException refusal,
      Circumstances level,
      HeaviestFlow.@Nullable Flow most) {
    for (Reporter one : each) {
      one.wouldRefuse(account, refusal, level, most);
    }
  }

  @Override
  public void initialised(Account account) {
    for (Reporter one : each) {
      one.initialised(account);
    }
  }

  @Override
  public void responseBytes(int bytes) {
    for (Reporter one : responseBytes) {
      one.responseBytes(bytes);
    }
  }

  @Override
  public void watchPiece(int bytes) {
    for (Reporter one : each) {
      one.watchPiece(bytes);
    }
  }

  @Override
  public void seatsReturnedEarly(long seatNanos) {
    for (Reporter one : each) {
      one.seatsReturnedEarly(seatNanos);
    }
  }

  @Override
  public void notAccepted(String rule, String message, String address) {
    for (Reporter one : each) {
      one.notAccepted(rule, message, address);
    }
  }

  @Override
  public void aborted(String rule) {
    for (Reporter one : each) {
      one.aborted(rule);
    }
  }

  @Override
  public void thrown(Throwable cause) {
    for (Reporter one : each) {
      one.thrown(cause);
    }
  }

  @Override
  public void ended(Account account) {
    for (Reporter one : ended) {
      one.ended(account);
    }
  }
}
