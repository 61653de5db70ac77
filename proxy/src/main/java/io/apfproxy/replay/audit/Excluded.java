package io.apfproxy.replay.audit;

/**
 * Why an event is no request for flow control. Source: specification seeing.md V-46, V-47, V-56.
 */
enum Excluded {
  OTHER_STAGE("other stages"),
  UNAUTHORIZED("401"),
  LONG_RUNNING("long-running"),
  NOT_ADMITTED("ended before flow control"),
  LOOPBACK("system:apiserver"),
  NOT_UNDERSTOOD("not understood"),
  OUT_OF_TIME("out of --from and --until"),
  SECOND_EVENT("second events");

  private final String label;

  Excluded(String label) {
    this.label = label;
  }

  /** In words. */
  String label() {
    return label;
  }
}
