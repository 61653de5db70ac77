package io.apfproxy.upstream.wire;

/** Codes with which a stream of HTTP/2 is reset. Source: RFC 9113, section 7. */
public final class ErrorCodes {
  /** It is no request as HTTP/2 has it. */
  public static final long PROTOCOL_ERROR = 1;

  public static final long INTERNAL_ERROR = 2;

  /** Nothing was done. */
  public static final long REFUSED_STREAM = 7;

  /** Nobody wants the answer any more. */
  public static final long CANCEL = 8;

  private ErrorCodes() {}
}
