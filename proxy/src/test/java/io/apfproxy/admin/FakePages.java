package io.apfproxy.admin;

import io.apfproxy.live.Feed;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Pages of a proxy that is ready and shows next to nothing; tests replace what they ask for. */
public class FakePages implements AdminPages {
  final FakeFeed feed = new FakeFeed();

  /** Run at each look at the conditions, on the event loop. */
  volatile Runnable checking = () -> {};

  @Override
  public List<Check> readiness() {
    checking.run();
    return List.of(new Check("upstream", true));
  }

  @Override
  public String metrics() {
    return "up 1\n";
  }

  @Override
  public Optional<String> dump(Dump what, boolean withRequestDetails) {
    return Optional.of("dump\n");
  }

  @Override
  public Optional<String> explain(
      String method, String url, @Nullable String user, List<String> groups, boolean json) {
    return Optional.of(json ? "{}\n" : "explained\n");
  }

  @Override
  public Optional<String> top(
      @Nullable String by,
      @Nullable String window,
      @Nullable String sort,
      @Nullable String limit,
      String output) {
    return Optional.of("{}\n");
  }

  @Override
  public String refusals(
      @Nullable String auditId,
      @Nullable String user,
      @Nullable String rule,
      @Nullable String level,
      @Nullable String limit) {
    return "{}";
  }

  @Override
  public Feed live() {
    return feed;
  }
}
