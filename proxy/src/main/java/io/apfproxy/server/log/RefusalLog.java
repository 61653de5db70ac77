package io.apfproxy.server.log;

import io.apfproxy.flowcontrol.Circumstances;
import io.apfproxy.report.Account;
import io.apfproxy.report.HeaviestFlow;
import io.apfproxy.report.Reporter;
import io.apfproxy.request.RefusedException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells of the requests that the proxy answered itself, and of connections it did not accept, at
 * most so many a second of each kind; the rest is summed. Belongs to one event loop. Source:
 * specification security.md 1, I6.
 */
public final class RefusalLog implements Reporter {
  /*
   * Who is refused decides how often, so neither the log nor its formatting may cost more with every
   * refusal: beyond LINES_PER_SECOND only a counter moves. Rules are fixed names, so the kinds are
   * few; what a client wrote is never part of the key.
   */
  private static final int LINES_PER_SECOND = 10;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final int MAX_CAUSE = 300;
  private static final int DEFECT = 500;

  /** In the place of a status code, where nobody was answered. */
  private static final int UNANSWERED = 0;

  private record Kind(int code, String rule, boolean would) {
    Kind(int code, String rule) {
      this(code, rule, false);
    }

    Level level() {
      return code >= 500 ? Level.WARN : Level.INFO;
    }

    String fate() {
      return code == UNANSWERED ? "not accepted" : (would ? "would refuse " : "refused ") + code;
    }
  }

  private static final class Window {
    private long since;
    private int lines;
    private long unwritten;

    Window(long since) {
      this.since = since;
    }
  }

  private final LongSupplier nanos;
  private final Logger log;
  private final Map<Kind, Window> windows = new HashMap<>();

  /**
   * @param nanos such as {@code System::nanoTime}
   */
  public RefusalLog(LongSupplier nanos) {
    this(nanos, LoggerFactory.getILoggerFactory());
  }

  /**
   * @param logs where it is told
   */
  public RefusalLog(LongSupplier nanos, ILoggerFactory logs) {
    this.nanos = nanos;
    this.log = logs.getLogger(RefusalLog.class.getName());
  }

  @Override
  public void answered(Account account) {
    RefusedException refusal = account.refusal();
    if (refusal == null) {
      return;
    }
    tell(new Kind(refusal.code(), refusal.rule()), refusal, account);
  }

  @Override
  public void wouldRefuse(
      Account account,
      RefusedException refusal,
      Circumstances level,
      HeaviestFlow.@Nullable Flow most) {
    tell(new Kind(refusal.code(), refusal.rule(), true), refusal, account);
  }

  private void tell(Kind kind, RefusedException refusal, Account account) {
    if (mayWrite(kind)) {
      log.atLevel(kind.level())
          .log(
              "{} {}: {}{}{}; client {}, audit id {}",
              kind.fate(),
              kind.rule(),
              String.valueOf(refusal.getMessage()).strip(),
              by(refusal, account),
              cause(refusal),
              account.address(),
              account.auditId());
    }
  }

  /** What refused it, by name. */
  private static String by(RefusedException refusal, Account account) {
    if (refusal.seats() > 0) {
      return "; schema " + account.classification().flowSchema();
    }
    return refusal.limit().isEmpty() ? "" : "; limit " + refusal.limit();
  }

  /** What is not the client's fault; a stack trace is never told. */
  private static String cause(RefusedException refusal) {
    Throwable cause = refusal.getCause();
    if (cause == null) {
      return "";
    }
    return " (" + (refusal.code() == DEFECT ? place(cause) : describe(cause)) + ")";
  }

  @Override
  public void notAccepted(String rule, String message, String clientAddress) {
    Kind kind = new Kind(UNANSWERED, rule);
    if (mayWrite(kind)) {
      log.atLevel(kind.level())
          .log("{} {}: {}; client {}", kind.fate(), rule, message, clientAddress);
    }
  }

  @Override
  public void thrown(Throwable cause) {
    Kind kind = new Kind(DEFECT, "defect");
    if (mayWrite(kind)) {
      log.atLevel(kind.level()).log("{}: {}", kind.rule(), place(cause));
    }
  }

  private boolean mayWrite(Kind kind) {
    long now = nanos.getAsLong();
    Window window = windows.computeIfAbsent(kind, first -> new Window(now));
    if (now - window.since >= SECOND) {
      sum(kind, window);
      window.since = now;
      window.lines = 0;
    }
    if (window.lines >= LINES_PER_SECOND) {
      window.unwritten++;
      return false;
    }
    window.lines++;
    return true;
  }

  /** Tells the sums of the kinds that have been quiet since; call it now and then. */
  public void sumUp() {
    long now = nanos.getAsLong();
    windows
        .entrySet()
        .removeIf(
            entry -> {
              boolean past = now - entry.getValue().since >= SECOND;
              if (past) {
                sum(entry.getKey(), entry.getValue());
              }
              return past;
            });
  }

  private void sum(Kind kind, Window window) {
    if (window.unwritten > 0) {
      log.atLevel(kind.level()).log("{} {}: {} more", kind.fate(), kind.rule(), window.unwritten);
      window.unwritten = 0;
    }
  }

  /** Where a defect of ours showed itself; its message could hold anything of the request. */
  private static String place(Throwable cause) {
    StackTraceElement[] trace = cause.getStackTrace();
    return cause.getClass().getName() + (trace.length == 0 ? "" : " at " + trace[0]);
  }

  /** The failure, and what it goes back to: a failed handshake alone does not say why. */
  private static String describe(Throwable cause) {
    Throwable root = cause;
    for (int depth = 0; depth < 10 && root.getCause() != null; depth++) {
      root = root.getCause();
    }
    String text = one(cause);
    if (root != cause) {
      text += ", because of " + one(root);
    }
    return text.length() > MAX_CAUSE ? text.substring(0, MAX_CAUSE) + "..." : text;
  }

  private static String one(Throwable cause) {
    String message = cause.getMessage();
    return cause.getClass().getSimpleName() + (message == null ? "" : ": " + message);
  }
}
