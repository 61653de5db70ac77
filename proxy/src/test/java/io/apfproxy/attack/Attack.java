package io.apfproxy.attack;

/** What strangers, and neighbours with a token, do to the proxy. Each has one class of its kind. */
enum Attack {
  NOBODY("nobody", Siege::idle),

  CHAIN_SEARCH("181 certificates of two names", CertificateAttacks::pathSearch),
  FOREIGN_CHAINS("100 certificates that do not fit", CertificateAttacks::foreignChains),
  UNREADABLE_CERTIFICATE("certificates Java cannot read", CertificateAttacks::unreadable),
  OTHER_KEYS("certificates of all kinds of keys", CertificateAttacks::otherKeys),

  SILENT_CONNECTIONS("connections without a byte", HandshakeAttacks::silent),
  GREETINGS("ClientHello, then silence", HandshakeAttacks::greetings),
  DRIBBLED_GREETINGS("ClientHello in 1-byte records", HandshakeAttacks::dribbled),
  SILENT_NEIGHBOURS("without a byte, of its address", HandshakeAttacks::silent, true),
  GREETING_NEIGHBOURS("ClientHello, of its address", HandshakeAttacks::pacedGreetings, true),
  HANDSHAKES("handshakes, one after the other", HandshakeAttacks::whole),

  LARGE_PARTIAL_HEADS("heads of 250 KiB without end", HeadAttacks::large),
  PARTIAL_HEADS_OF_TINY_FIELDS("the same in fields of 5 bytes", HeadAttacks::tinyFields),
  LONG_LINES("heads of 250 KiB, then nothing", HeadAttacks::longLines),
  SLOW_HEADS("heads at a byte a second", HeadAttacks::slow),
  QUERY_PAIRS("8,192 query pairs", HeadAttacks::queryPairs),
  PATH_SEGMENTS("paths of 60,000 segments", HeadAttacks::pathSegments),
  LIST_MEMBERS("a list of 100,000 members in a header", HeadAttacks::listMembers),
  OLD_AND_GARBAGE("HTTP/1.0 and garbage lines", HeadAttacks::garbage),
  ADMIN_ESCAPE("/readyz?%zz at the admin listener", HeadAttacks::adminEscape),

  IMPERSONATED_NAMES("Impersonate-User of 128 KiB", IdentityAttacks::impersonatedNames),
  RANDOM_TOKENS("random bearer tokens", IdentityAttacks::randomTokens),

  WINDOW_ZERO("window 0, large lists", Http2Attacks::windowZero),
  LISTS_READ("the same lists, read: the scale", Http2Attacks::listsRead),
  TINY_HEADER_LIST("MAX_HEADER_LIST_SIZE 1", Http2Attacks::tinyHeaderList),
  RAPID_RESET("rapid reset", Http2Attacks::rapidReset),
  RESET_UNDER_WAY("reset when under way", Http2Attacks::resetUnderWay),
  CONTINUATIONS("CONTINUATION without end", Http2Attacks::continuations),
  PINGS("PING, never reading", Http2Attacks::pings),
  SETTINGS("SETTINGS, never reading", Http2Attacks::settings),

  SETTINGS_OF_OPEN_STREAMS("SETTINGS, 100 streams open", Http2Attacks::settingsOfOpenStreams),

  WATCH_STARTS("watch starts of one user", ExchangeAttacks::watchStarts),
  WATCH_BODIES("watches with bodies", ExchangeAttacks::watchBodies),
  WATCH_HEADS("watches with heads of 200 KiB", ExchangeAttacks::watchHeads),
  TINY_CHUNKS("bodies in chunks of a byte", ExchangeAttacks::tinyChunks),
  HALF_OPEN_WATCHES("watches behind a frozen wire", ExchangeAttacks::halfOpenWatches),
  GHOST_UPLOADS("uploads that do not go on", ExchangeAttacks::ghostUploads),
  HALF_UPLOADS("the same, beyond a window", ExchangeAttacks::halfUploads),
  SECONDS("gets that take a second: the scale", ExchangeAttacks::seconds),
  EARLY_ANSWERS("uploads that are answered early", ExchangeAttacks::earlyAnswers),
  QUEUE_AND_LEAVE("queue, then disconnect", ExchangeAttacks::queueAndLeave);

  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // methods of classes without state
  private final Course course;

  private final boolean fromNextDoor;

  /** What is done until the time is over. */
  @FunctionalInterface
  interface Course {
    void run(Siege siege) throws Exception;
  }

  Attack(String title, Course course) {
    this(title, course, false);
  }

  Attack(String title, Course course, boolean fromNextDoor) {
    this.title = title;
    this.course = course;
    this.fromNextDoor = fromNextDoor;
  }

  /** Whether it comes from the address of the honest client, as through the same balancer. */
  boolean isFromNextDoor() {
    return fromNextDoor;
  }

  String title() {
    return title;
  }

  /** Returns when the time is over; what it opened is still open then. */
  void run(Siege siege) throws Exception {
    course.run(siege);
  }
}
