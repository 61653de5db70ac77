package io.apfproxy.server.listen;

import io.apfproxy.request.ClientAddress;
import org.jspecify.annotations.Nullable;

/** One client connection that was let in, as {@link OpenConnections} counts it. Thread-safe. */
final class OpenConnection {
  /** What it holds; it gives that back when it comes to a stage that does not hold it. */
  enum Stage {
    /** Nothing: it is not let in yet, or its socket is closed. */
    OUTSIDE,
    /** A place, and one in the line for handshakes. */
    WAITING,
    /** A place, and one of the handshakes. */
    HANDSHAKING,
    /** A place. */
    ESTABLISHED,
    /** No place any more, but still its socket: it was told to give way. */
    LEAVING;

    boolean hasPlace() {
      return this == WAITING || this == HANDSHAKING || this == ESTABLISHED;
    }
  }

  /** What it is used for. */
  enum Use {
    NEVER,
    BEFORE,
    NOW
  }

  /** What becomes of its socket. Told without a lock. */
  interface Socket {
    /** Its handshake may begin. */
    void begin();

    /** Whether its client has sent a byte, or has left: before that it asks for nothing. */
    boolean hasSpoken();

    /**
     * Whether its client has sent what we have not read yet.
     *
     * @param readNanos since we last did
     */
    boolean hasUnread(long readNanos);

    /** It stands in line for this reason. */
    void waits(ConnectionRule rule);

    /**
     * It has to go; {@link OpenConnection#leave} follows.
     *
     * @param rule for which it gives way to another; null if the listener closes
     */
    void leave(@Nullable ConnectionRule rule);
  }

  private static final int NO_REQUEST_YET = -1;

  private final OpenConnections all;
  private final ClientAddress address;
  private final boolean shares;
  private final Socket socket;
  private Stage stage = Stage.OUTSIDE; // guarded by the lock of them all
  private long since; // the same
  private boolean spoke; // the same
  private volatile int requests = NO_REQUEST_YET;
  private volatile long readAt;
  private boolean answered; // guarded as well
  private boolean aside; // the same
  private boolean heard; // its event loop's, which tells each only once
  private boolean toldOfAnswer; // the same

  /**
   * @param shares whether the limits of one address hold for it
   */
  OpenConnection(OpenConnections all, ClientAddress address, boolean shares, Socket socket) {
    this.all = all;
    this.address = address;
    this.shares = shares;
    this.socket = socket;
  }

  ClientAddress address() {
    return address;
  }

  boolean shares() {
    return shares;
  }

  /** Its address; null if the limits of one address do not hold for it. */
  @Nullable ClientAddress sharing() {
    return shares ? address : null;
  }

  Socket socket() {
    return socket;
  }

  Stage stage() {
    return stage;
  }

  void comeTo(Stage next) {
    stage = next;
  }

  void standsInLine(long now) {
    since = now;
  }

  void speaks() {
    spoke = true;
  }

  void waitsForClient() {
    answered = true;
  }

  /** Whether its client has, or had, a step of the handshake to make. */
  boolean answered() {
    return answered;
  }

  void goesAside() {
    aside = true;
  }

  /** Whether its handshake stands aside, as it does not get on. */
  boolean standsAside() {
    return aside;
  }

  void handshakeBegins(long now) {
    since = now;
  }

  /** Whether its first byte is known to have come. */
  boolean spoke() {
    return spoke;
  }

  /** When it came into the line, or its handshake began. */
  long since() {
    return since;
  }

  /** Why its handshake has not begun yet; null if it has, or if its client has not. */
  @Nullable ConnectionRule waitsFor() {
    return all.waitsFor(this);
  }

  /** Says so if it has to wait. */
  void saysIfItWaits() {
    ConnectionRule rule = waitsFor();
    if (rule != null) {
      socket.waits(rule);
    }
  }

  /** On its event loop: bytes of its handshake were read. */
  void hears() {
    readAt = all.now();
    if (!heard) {
      heard = true;
      all.heard(this);
    }
  }

  /**
   * On its event loop: its client has the next step of the handshake to make.
   *
   * @return whether that is new
   */
  boolean waitsForItsClient() {
    boolean isNew = heard && !toldOfAnswer;
    if (isNew) {
      toldOfAnswer = true;
      all.answered(this);
    }
    return isNew;
  }

  /** When bytes of its handshake were last read. */
  long readAt() {
    return readAt;
  }

  /** What its client may take for its part of its handshake. */
  long handshakeSeconds() {
    return all.handshakeSeconds();
  }

  /** Whether its client has sent what we have not read yet. */
  boolean hasUnread() {
    return socket.hasUnread(all.now() - (heard ? readAt : since));
  }

  /** Its handshake succeeded. Harmless when repeated. */
  void handshaken() {
    all.handshaken(this);
  }

  /** On its event loop: how many requests of it are open now. */
  void serves(int number) {
    if (number > 0 || requests != NO_REQUEST_YET) {
      requests = number;
    }
  }

  Use use() {
    int now = requests;
    return now == NO_REQUEST_YET ? Use.NEVER : now == 0 ? Use.BEFORE : Use.NOW;
  }

  /** It is closed. Harmless when repeated. */
  void leave() {
    all.closed(this);
  }
}
