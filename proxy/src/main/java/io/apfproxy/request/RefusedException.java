package io.apfproxy.request;

import org.jspecify.annotations.Nullable;

/**
 * A request that the proxy answers itself. Carries what the reply says; never the data of another
 * user, an upstream address or a secret. Without stack trace: refusing must be cheap.
 */
public final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int code;
  private final String reason;
  private final String rule;

  // What the copies below are made for. None changes once its copy is handed out.
  private int retryAfterSeconds;
  private boolean closeConnection;
  private @Nullable String text;
  private String limit = "";
  private String limitKey = "";
  private int seats;

  /**
   * @param code HTTP status
   * @param reason {@code reason} of the Status body, such as {@code BadRequest}
   * @param rule fixed name of the rule that refused, for metric and log, such as {@code
   *     duplicate-host}
   * @param message for people, names the header, field or flag and what was expected
   */
  public RefusedException(int code, String reason, String rule, String message) {
    super(message, null, false, false);
    this.code = code;
    this.reason = reason;
    this.rule = rule;
  }

  private RefusedException(RefusedException same, @Nullable Throwable cause) {
    super(same.getMessage(), cause, false, false);
    this.code = same.code;
    this.reason = same.reason;
    this.rule = same.rule;
    this.retryAfterSeconds = same.retryAfterSeconds;
    this.closeConnection = same.closeConnection;
    this.text = same.text;
    this.limit = same.limit;
    this.limitKey = same.limitKey;
    this.seats = same.seats;
  }

  private RefusedException copy() {
    return new RefusedException(this, getCause());
  }

  /** 400 of an ambiguous or illegal message; an HTTP/1.1 connection is closed after it. */
  public static RefusedException badRequest(String rule, String message) {
    RefusedException refusal = new RefusedException(400, "BadRequest", rule, message);
    refusal.closeConnection = true;
    return refusal;
  }

  /** The same refusal with {@code Retry-After}. */
  public RefusedException retryAfter(int seconds) {
    RefusedException copy = copy();
    copy.retryAfterSeconds = seconds;
    return copy;
  }

  /** The same refusal, after which an HTTP/1.1 connection is closed. */
  public RefusedException closing() {
    RefusedException copy = copy();
    copy.closeConnection = true;
    return copy;
  }

  /** The same refusal with what led to it, for the log only. */
  public RefusedException causedBy(Throwable cause) {
    return new RefusedException(this, cause);
  }

  /**
   * The same refusal, answered with this plain text in place of a Status; the message is for the
   * log.
   */
  public RefusedException answeredWith(String plain) {
    RefusedException copy = copy();
    copy.text = plain;
    return copy;
  }

  /**
   * The same refusal by a rate limit.
   *
   * @param name of its object, which clients are told only if they may know
   * @param key what of the request has a bucket of its own there, in words, for operators
   */
  public RefusedException by(String name, String key) {
    RefusedException copy = copy();
    copy.limit = name;
    copy.limitKey = key;
    return copy;
  }

  /**
   * The same refusal by a priority level.
   *
   * @param number that the request asked for, 1 or more
   */
  public RefusedException forSeats(int number) {
    RefusedException copy = copy();
    copy.seats = number;
    return copy;
  }

  public int code() {
    return code;
  }

  public String reason() {
    return reason;
  }

  public String rule() {
    return rule;
  }

  /** Seconds, or 0 for no {@code Retry-After}. */
  public int retryAfterSeconds() {
    return retryAfterSeconds;
  }

  public boolean closesConnection() {
    return closeConnection;
  }

  /** What the client is told in place of a Status; null for a Status with the message. */
  public @Nullable String plainText() {
    return text;
  }

  /** Seats that were asked for, if a priority level refuses; else 0. */
  public int seats() {
    return seats;
  }

  /** Name of the rate limit that refuses; empty if none does. */
  public String limit() {
    return limit;
  }

  /** What of the request has a bucket of its own there, in words; empty if no limit refuses. */
  public String limitKey() {
    return limitKey;
  }
}
