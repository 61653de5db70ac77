package io.apfproxy.work;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.request.RequestDigest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WatchTrackerTest {
  private final WatchTracker tracker = new WatchTracker();

  private WatchTracker.@Nullable Registration register(String url) {
    RequestDigest digest = Requests.get(url);
    return tracker.register(digest.info(), digest.query());
  }

  private int interested(String method, String url) {
    return tracker.interestedIn(Requests.of(method, url).info());
  }

  @Test
  void forgetsAWatchOnce() {
    WatchTracker.Registration one =
        Objects.requireNonNull(register("/api/v1/namespaces/ns/pods?watch=1"));
    Objects.requireNonNull(register("/api/v1/namespaces/ns/pods?watch=1"));

    one.close();
    one.close();

    assertThat(interested("PUT", "/api/v1/namespaces/ns/pods/p")).isEqualTo(1);
  }

  @Test
  void doesNotCountWhatIsNoWatchOrOneNodesWatch() {
    assertThat(register("/api/v1/pods")).isNull();
    assertThat(register("/api/v1/pods?watch=1&fieldSelector=spec.nodeName%3Dn1")).isNull();
    assertThat(register("/api/v1/pods?watch=1&fieldSelector=spec.nodeName%21%3Dn1")).isNotNull();
  }

  @Test
  void readsTheNodeOfAWatchThatIsInThePath() {
    assertThat(register("/api/v1/watch/pods?fieldSelector=spec.nodeName%3Dn1")).isNull();
    assertThat(register("/api/v1/watch/pods?fieldSelector=spec.nodeName%3D")).isNotNull();
  }

  @Test
  void countsAWatchOfTheNodeThatStandsForNone() {
    assertThat(register("/api/v1/pods?watch=1&fieldSelector=spec.nodeName%3D%3Cunset%3E"))
        .isNotNull();
  }

  @Test
  void countsNoMoreKindsOfWatchesThanItsBound() {
    for (int i = 0; i < WatchTracker.MOST_KEYS; i++) {
      register("/api/v1/namespaces/n" + i + "/pods?watch=1");
    }

    assertThat(register("/api/v1/namespaces/other/pods?watch=1")).isNull();
    assertThat(register("/api/v1/namespaces/n1/pods?watch=1")).isNotNull();
    assertThat(interested("PUT", "/api/v1/namespaces/n1/pods/p")).isEqualTo(2);
  }
}
