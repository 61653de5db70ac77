package io.apfproxy.server.walk;

import io.apfproxy.request.RefusedException;
import io.apfproxy.server.listen.Bound;
import io.apfproxy.server.listen.Crowd;
import io.apfproxy.server.listen.Scarcity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Places for one kind of long request, counted in all and by user. While places are not scarce a
 * user may have as many as there are; then those beyond their share get no more, and when all are
 * taken the one that has most gives way to who has less than a share. Only users who have one are
 * remembered. Thread-safe.
 */
final class UserPlaces {
  /*
   * Who gives way ends some time later, on a thread of its own; its place is gone at once. So that
   * this cannot pile up, only so many may be on their way out at a time.
   */
  private static final int MOST_LEAVING = 64;

  private final String kind;
  private final int most;
  private final int mostOfUser;
  private final Crowd<String, Place> users = new Crowd<>();
  private int taken;
  private int leaving;
  private long overflows;
  private long overflowsOfUser;

  /**
   * @param kind in the plural, for rules and messages, such as {@code tunnels}
   * @param most in all, 0 for no limit
   * @param mostOfUser of one user while places are scarce, or always if {@code most} is 0; 0 for no
   *     limit
   */
  UserPlaces(String kind, int most, int mostOfUser) {
    this.kind = kind;
    this.most = most;
    this.mostOfUser = mostOfUser;
  }

  /**
   * Takes a place.
   *
   * @param giveWay asks the request, on any thread, to end soon; it then runs the result as ever
   * @return gives it back; harmless when repeated
   * @throws RefusedException 429 if places are scarce and the user has its share, or none is left
   */
  Runnable take(String user, Runnable giveWay) throws RefusedException {
    Place place = new Place(user, giveWay);
    Place leaves = enter(place);
    if (leaves != null) {
      leaves.giveWay.run();
    }
    return place;
  }

  private synchronized @Nullable Place enter(Place place) throws RefusedException {
    int own = users.of(place.user);
    if (mostOfUser > 0 && own >= mostOfUser && Scarcity.binds(taken, most)) {
      overflowsOfUser++;
      throw refusal("-of-user", "this user has too many " + kind + " open");
    }
    Place leaves = null;
    if (most > 0 && taken >= most) {
      leaves = mostOfUser > 0 && users.most() > mostOfUser ? oneOfMost() : null;
      if (leaves == null) {
        overflows++;
        throw refusal("-total", "too many " + kind + " are open");
      }
      leaves.asked = true;
      leaving++;
      leaves.free();
    }
    taken++;
    users.add(place.user, place);
    return leaves;
  }

  /** The longest held. */
  private @Nullable Place oneOfMost() {
    return leaving >= MOST_LEAVING ? null : users.ofMost().iterator().next();
  }

  private RefusedException refusal(String scope, String message) {
    return new RefusedException(429, "TooManyRequests", kind + scope, message).retryAfter(1);
  }

  /** For those who watch. */
  List<Bound> bounds() {
    return List.of(
        new Bound(kind + "-total", this::taken, most, this::overflows),
        new Bound(kind + "-of-user", this::mostTaken, mostOfUser, this::overflowsOfUser));
  }

  private synchronized long taken() {
    return taken;
  }

  private synchronized long mostTaken() {
    return users.most();
  }

  private synchronized long overflows() {
    return overflows;
  }

  private synchronized long overflowsOfUser() {
    return overflowsOfUser;
  }

  private final class Place implements Runnable {
    private final String user;
    private final Runnable giveWay;
    private boolean held = true;
    private boolean asked;
    private boolean ended;

    Place(String user, Runnable giveWay) {
      this.user = user;
      this.giveWay = giveWay;
    }

    /** Its request has ended. */
    @Override
    public void run() {
      synchronized (UserPlaces.this) {
        if (!ended) {
          ended = true;
          free();
          leaving -= asked ? 1 : 0;
        }
      }
    }

    private void free() {
      if (held) {
        held = false;
        taken--;
        users.remove(user, this);
      }
    }
  }
}
