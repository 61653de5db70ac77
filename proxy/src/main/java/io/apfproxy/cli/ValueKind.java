package io.apfproxy.cli;

/** What the value of a flag looks like. */
enum ValueKind {
  TEXT("TEXT", "a value"),
  ADDRESS("ADDR", "an IP address"),
  ADDRESSES("A,B", "IP addresses or blocks such as 192.0.2.0/24, separated by commas"),
  PORT("PORT", "a port, 0 to 65535; 0 picks a free one"),
  SIZE("SIZE", "a size such as 4MiB, 512KiB or 0"),
  PORT_OR_NONE("PORT", "a port, 1 to 65535; 0 for none"),
  COUNT("N", "a whole number, 0 or more"),
  COUNTERS("N", "a whole number, 0 to 1000"),
  PART("P", "a number, 0 to 1"),
  FEW("N", "a whole number, 0 to 20"),
  CHANCE("P", "a number, 0 to 0.02"),
  DURATION("TIME", "a duration such as 30s or 1m30s"),
  SHORT_DURATION("TIME", "a duration from 1ms to 1s"),
  WARM_UP("TIME", "a duration from 0s, for none, to 1m"),
  BOOLEAN("", "true or false"),
  FILE("FILE", "a file"),
  OUTPUT("FILE", "a file in a folder that is there, or - for standard output"),
  DIRECTORY("DIR", "a directory"),
  RECORDING("DIR", "a directory that is there and may be written to"),
  FILE_SIZE("SIZE", "a size from 1MiB to 2047MiB"),
  FILES("N", "a whole number, 1 to 1000"),
  NAMES("NAME", "plain or hashed"),
  LIST("A,B", "values separated by commas"),
  ORIGINS(
      "A,B",
      "regular expressions separated by commas, each with ^ or // before the host and $ or : behind it"),
  SERVICE_ACCOUNT("NS/NAME", "a service account as namespace/name"),
  IDENTITY("A,B", "auto, or some of pass-through, request-header, impersonation"),
  ENFORCEMENT("MODE", "enforce, shadow, or 1% to 99% of users"),
  LIST_COST("NAME", "compatible or learned"),
  TLS_ENGINE("NAME", "auto, boringssl or jdk"),
  TRANSPORT("NAME", "auto, io_uring, epoll or nio"),
  SOURCE("A,B", "some of builtin, files:DIR, crd and native, separated by commas, each once");

  private final String label;
  private final String expected;

  ValueKind(String label, String expected) {
    this.label = label;
    this.expected = expected;
  }

  /** Whether the flag may be given several times, and be a list in the configuration file. */
  boolean isList() {
    return this == LIST || this == ORIGINS || this == SOURCE || this == ADDRESSES;
  }

  /** Stands for the value in the help; empty where the flag may stand alone. */
  String label() {
    return label;
  }

  /** Completes "expected ...". */
  String expected() {
    return expected;
  }
}
