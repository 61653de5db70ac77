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
  private final int retryAfterSeconds;
  private final boolean closeConnection;
  private final @Nullable String text;
  private final String limit;

  /**
   * @param code HTTP status
   * @param reason {@code reason} of the Status body, such as {@code BadRequest}
   * @param rule fixed name of the rule that refused, for metric and log, such as {@code
   *     duplicate-host}
   * @param message for people, names the header, field or flag and what was expected
   */
  public RefusedException(int code, String reason, String rule, String message) {
    this(code, reason, rule, message, 0, false, null, "", null);
  }

  private RefusedException(
      int code,
      String reason,
      String rule,
      String message,
      int retryAfterSeconds,
      boolean close,
      @Nullable String text,
      String limit,
      @Nullable Throwable cause) {
    super(message, cause, false, false);
    this.code = code;
    this.reason = reason;
    this.rule = rule;
    this.retryAfterSeconds = retryAfterSeconds;
    this.closeConnection = close;
    this.text = text;
    this.limit = limit;
  }

  /** 400 of an ambiguous or illegal message; an HTTP/1.1 connection is closed after it. */
  public static RefusedException badRequest(String rule, String message) {
    return new RefusedException(400, "BadRequest", rule, message, 0, true, null, "", null);
  }

  /** The same refusal with {@code Retry-After}. */
  public RefusedException retryAfter(int seconds) {
    return new RefusedException(
        code, reason, rule, getMessageText(), seconds, closeConnection, text, limit, getCause());
  }

  /** The same refusal, after which an HTTP/1.1 connection is closed. */
  public RefusedException closing() {
    return new RefusedException(
        code, reason, rule, getMessageText(), retryAfterSeconds, true, text, limit, getCause());
  }

  /** The same refusal with what led to it, for the log only. */
  public RefusedException causedBy(Throwable cause) {
    return new RefusedException(
        code,
        reason,
        rule,
        getMessageText(),
        retryAfterSeconds,
        closeConnection,
        text,
        limit,
        cause);
  }

  /**
   * The same refusal, answered with this plain text in place of a Status; the message is for the
   * log.
   */
  public RefusedException answeredWith(String plain) {
    return new RefusedException(
        code,
        reason,
        rule,
        getMessageText(),
        retryAfterSeconds,
        closeConnection,
        plain,
        limit,
        getCause());
  }

  /** The same refusal by an object of this name, which clients are told only if they may know. */
  public RefusedException by(String name) {
    return new RefusedException(
        code,
        reason,
        rule,
        getMessageText(),
        retryAfterSeconds,
        closeConnection,
        text,
        name,
        getCause());
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

  /** Name of the rate limit that refuses; empty if none does. */
  public String limit() {
    return limit;
  }

  private String getMessageText() {
    String message = getMessage();
    return message == null ? "" : message;
  }
}
