package io.apfproxy.command;

import io.apfproxy.config.Enforcement;
import io.apfproxy.config.FlowControlConfiguration;
import io.apfproxy.config.PriorityLevelConfiguration;
import io.apfproxy.config.RateLimit;
import io.apfproxy.request.RefusedException;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.request.RequestInfo;
import io.apfproxy.request.RequestInfoParser;
import io.apfproxy.request.RequestTarget;
import io.apfproxy.request.UserInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Says where a request goes under a configuration, and why.
 *
 * @param steps in the order in which it is decided
 */
public record Explanation(List<Step> steps) {
  private static final String SERVICE_ACCOUNT = "system:serviceaccount:";

  public Explanation {
    steps = List.copyOf(steps);
  }

  /**
   * One step of the way.
   *
   * @param what it is about: {@code request}, {@code user}, {@code not} for a schema or a limit
   *     that does not concern the request, {@code schema}, {@code level}, {@code flow}, {@code
   *     hand}, {@code width}, {@code limit} or {@code burst}
   * @param text in words
   * @param schema that it is about; empty if it is about none
   * @param level that it is about; empty if it is about none
   */
  public record Step(String what, String text, String schema, String level) {
    Step(String what, String text) {
      this(what, text, "", "");
    }
  }

  /** What is known of seats, and of what rate limits have left. */
  public interface Seats {
    /** How wide a request to this level is, in words. */
    String width(PriorityLevelConfiguration level, RequestDigest digest);

    /** How many seats wide a request is by itself. */
    int width(RequestDigest digest);

    /** How many seats this level has, in words. */
    String limit(PriorityLevelConfiguration level);

    /** What this level, which may burst, has beyond its limit, in words. */
    String burst(PriorityLevelConfiguration level);

    /** Who is held to what this limit decides. */
    default Enforcement enforcement(RateLimit limit) {
      return Enforcement.of(limit, Enforcement.ENFORCE);
    }

    /** Units that the key of this request has left at this limit; empty if that is not known. */
    default OptionalLong left(RateLimit limit, RequestDigest digest) {
      return OptionalLong.empty();
    }
  }

  /**
   * Explains.
   *
   * @param user null for an anonymous request
   * @throws RefusedException if this is no request
   */
  public static Explanation of(
      FlowControlConfiguration configuration,
      Seats seats,
      String method,
      String url,
      @Nullable String user,
      List<String> groups)
      throws RefusedException {
    RequestTarget target = RequestTarget.parse(url);
    RequestInfo info = RequestInfoParser.parse(method, target);
    RequestDigest digest = new RequestDigest(info, user(user, groups), target.query());
    return new Explanation(new Reasoning(configuration, seats).steps(digest));
  }

  /** A line for each step. */
  public String text() {
    return steps.stream()
        .map(step -> String.format(Locale.ROOT, "%-9s%s%n", step.what(), step.text()))
        .collect(Collectors.joining());
  }

  /** So many of them; another than one takes an s. */
  public static String count(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  /** With the groups that kube-apiserver itself puts a user into. */
  private static UserInfo user(@Nullable String name, List<String> given) {
    if (name == null) {
      return UserInfo.ANONYMOUS;
    }
    List<String> groups = new ArrayList<>(given);
    String[] parts = name.split(":", -1);
    if (name.startsWith(SERVICE_ACCOUNT) && parts.length == 4) {
      groups.add("system:serviceaccounts");
      groups.add("system:serviceaccounts:" + parts[2]);
    }
    if (!groups.contains(UserInfo.AUTHENTICATED)) {
      groups.add(UserInfo.AUTHENTICATED);
    }
    return UserInfo.of(name, groups.toArray(String[]::new));
  }
}
