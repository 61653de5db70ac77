package io.apfproxy.real;

/** Why the proxy may answer, or decide, otherwise than the server. */
enum Purpose {
  /** It may not. */
  NONE(false),
  /** The proxy does not serve it, whoever asks. */
  TRACE(true),
  /** The target could be read in two ways: refused with 400 whatever the server makes of it. */
  AMBIGUOUS_TARGET(true),
  /** The server's HTTP library cannot read the target: its own words, or a reset stream. */
  MALFORMED_TARGET(true),
  /**
   * Nobody, nothing or two are to be impersonated: refused with 400; the server takes the first.
   */
  UNCLEAR_IMPERSONATION(true),
  /** The path names no resource: the server answers in plain text, the proxy with a Status. */
  NO_RESOURCE(true),
  /** {@code timeout} is no duration; the proxy refuses it before it is forwarded. */
  BAD_TIMEOUT(true),
  /** Token or certificate are nobody's; the proxy refuses them before it forwards. */
  UNKNOWN_CREDENTIAL(true),
  /** The server refuses before flow control; the proxy charges it to who really asked. */
  IMPERSONATION_DENIED(false),
  /** The same, where the proxy impersonates itself and so must refuse in the server's place. */
  IMPERSONATION_DENIED_BY_PROXY(true);

  private static final String PROTOCOL_ERROR = "stream reset with code 1";

  private final boolean ownAnswer;

  Purpose(boolean ownAnswer) {
    this.ownAnswer = ownAnswer;
  }

  /** Whether the proxy answers itself; only the status is the server's then. */
  boolean isOwnAnswer() {
    return ownAnswer;
  }

  /** Status that the proxy must answer with. */
  int status(Comparison comparison) {
    return switch (this) {
      case TRACE -> 405;
      case AMBIGUOUS_TARGET, MALFORMED_TARGET, UNCLEAR_IMPERSONATION -> 400;
      default -> comparison.direct().status();
    };
  }

  static Purpose of(Comparison comparison) {
    int status = comparison.direct().status();
    boolean unseen = comparison.serversChoice() == null;
    if (comparison.probe().method().equals("TRACE")) {
      return TRACE;
    }
    if (comparison.probe().isAmbiguous()) {
      return AMBIGUOUS_TARGET;
    }
    boolean unread = comparison.direct().header("audit-id").isEmpty();
    boolean reset = comparison.direct().body().equals(PROTOCOL_ERROR);
    if (unread && (status == 400 || reset)) {
      return MALFORMED_TARGET;
    }
    if (CallerCatalogue.isUnclear(comparison.probe().caller())) {
      return UNCLEAR_IMPERSONATION;
    }
    if (status == 500 && comparison.directEvent() == null) {
      return NO_RESOURCE;
    }
    if (status == 400
        && comparison.directEvent() != null
        && comparison.directEvent().isOfNobody()
        && comparison.probe().target().contains("timeout=")) {
      return BAD_TIMEOUT;
    }
    if (status == 401 && CallerCatalogue.isUnknown(comparison.probe().caller())) {
      return UNKNOWN_CREDENTIAL;
    }
    if (status == 403 && unseen && CallerCatalogue.mayNotImpersonate(comparison.probe().caller())) {
      return comparison.proxiedEvent() == null
          ? IMPERSONATION_DENIED_BY_PROXY
          : IMPERSONATION_DENIED;
    }
    return NONE;
  }
}
