package io.apfproxy.server.walk;

import io.apfproxy.gate.Asked;
import io.apfproxy.gate.Gate;
import io.apfproxy.request.RefusedException;
import io.apfproxy.server.listen.Bound;
import io.apfproxy.server.listen.Crowd;
import io.apfproxy.server.listen.Scarcity;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Places for one kind of long request, counted in all and by user. While places are not scarce a
 * user may have as many as there are; then those beyond their share get no more, and when all are
 * taken the one that has most gives way to who has less than a share. Only users who have one are
 * remembered. Thread-safe.
 */
final class PlacesPerUser implements Gate {
  /*
   * Who gives way ends some time later, on a thread of its own; its place is gone at once. So that
   * this cannot pile up, only so many may be on their way out at a time.
   */
  private static final int MOST_LEAVING = 64;

  private final String kind;
  private final int most;
  private final int mostOfUser;
  private final Predicate<Asked> needsOne;
  private final Crowd<String, Asked> users = new Crowd<>();
  private final Set<Asked> leaving = new HashSet<>();
  private int taken;
  private long overflows;
  private long overflowsOfUser;

  /**
   * @param kind in the plural, for rules and messages, such as {@code tunnels}
   * @param most in all, 0 for no limit
   * @param mostOfUser of one user while places are scarce, or always if {@code most} is 0; 0 for no
   *     limit
   * @param needsOne which requests are of this kind
   */
  PlacesPerUser(String kind, int most, int mostOfUser, Predicate<Asked> needsOne) {
    this.kind = kind;
    this.most = most;
    this.mostOfUser = mostOfUser;
    this.needsOne = needsOne;
  }

  @Override
  public boolean concerns(Asked asked) {
    return needsOne.test(asked);
  }

  /**
   * Takes a place, perhaps that of another, which is then told to give way.
   *
   * @throws RefusedException 429 if places are scarce and the user has its share, or none is left
   */
  @Override
  public long enter(Asked asked, long now) throws RefusedException {
    Asked leaves = take(asked);
    if (leaves != null) {
      leaves.giveWay();
    }
    return 0;
  }

  private synchronized @Nullable Asked take(Asked asked) throws RefusedException {
    String user = user(asked);
    int own = users.of(user);
    if (mostOfUser > 0 && own >= mostOfUser && Scarcity.binds(taken, most)) {
      overflowsOfUser++;
      throw refusal("-of-user", "this user has too many " + kind + " open");
    }
    Asked leaves = null;
    if (most > 0 && taken >= most) {
      leaves = mostOfUser > 0 && users.most() > mostOfUser ? oneOfMost() : null;
      if (leaves == null) {
        overflows++;
        throw refusal("-total", "too many " + kind + " are open");
      }
      free(leaves);
      leaving.add(leaves);
    }
    taken++;
    users.add(user, asked);
    return leaves;
  }

  /** The longest held. */
  private @Nullable Asked oneOfMost() {
    return leaving.size() >= MOST_LEAVING ? null : users.ofMost().iterator().next();
  }

  private RefusedException refusal(String scope, String message) {
    return new RefusedException(429, "TooManyRequests", kind + scope, message).retryAfter(1);
  }

  @Override
  public synchronized void leave(Asked asked) {
    if (!leaving.remove(asked)) { // else its place is somebody else's already
      free(asked);
    }
  }

  private void free(Asked asked) {
    taken--;
    users.remove(user(asked), asked);
  }

  private static String user(Asked asked) {
    return asked.digest().user().name();
  }

  /** In all; 0 for no limit. */
  int most() {
    return most;
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
}
