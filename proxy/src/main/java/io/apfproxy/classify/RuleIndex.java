package io.apfproxy.classify;

import io.apfproxy.config.FlowSchema;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.UserInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds out of many objects, each of which has rules, those that match a request. Immutable,
 * thread-safe, never blocks, and allocates nothing for a request.
 */
public final class RuleIndex {
  /*
   * A filter, then the exact rule. The filter gives a superset of the objects that match, usually
   * hardly larger. Its members are then checked in their order. So the cost is that of the filter
   * and few exact checks, where the reference checks all schemas before the one that matches.
   */
  private final RuleFilter filter;
  private final ExactMatch[] exact;

  /**
   * @param rules of each object, in the order of their positions
   */
  public RuleIndex(List<List<FlowSchema.Rule>> rules) {
    this.filter = new RuleFilter(rules);
    this.exact = rules.stream().map(ExactMatch::new).toArray(ExactMatch[]::new);
  }

  /** How many objects there are. */
  public int size() {
    return exact.length;
  }

  /**
   * The position of the first that matches; -1 if none does.
   *
   * @param user after impersonation
   */
  public int first(RequestInfo info, UserInfo user) {
    String accountNamespace = accountNamespace(user);
    long[] set = filter.candidates(info, user, accountNamespace);
    for (int word = 0; word < set.length; word++) {
      for (long left = set[word]; left != 0; left &= left - 1) {
        int position = (word << 6) + Long.numberOfTrailingZeros(left);
        if (exact[position].matches(info, user, accountNamespace)) {
          return position;
        }
      }
    }
    return -1;
  }

  /**
   * The positions of all that match, ascending.
   *
   * @param into takes them; {@link #size} or longer
   * @return how many there are
   */
  public int all(RequestInfo info, UserInfo user, int[] into) {
    String accountNamespace = accountNamespace(user);
    long[] set = filter.candidates(info, user, accountNamespace);
    int number = 0;
    for (int word = 0; word < set.length; word++) {
      for (long left = set[word]; left != 0; left &= left - 1) {
        int position = (word << 6) + Long.numberOfTrailingZeros(left);
        if (exact[position].matches(info, user, accountNamespace)) {
          into[number++] = position;
        }
      }
    }
    return number;
  }

  /** Costs a string: null also where no rule names service accounts. */
  private @Nullable String accountNamespace(UserInfo user) {
    return filter.namesNamespaces() ? Subjects.accountNamespace(user.name()) : null;
  }
}
