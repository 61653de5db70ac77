package io.apfproxy.work;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.apfproxy.request.RequestDigest;
import io.apfproxy.vectors.VectorFiles;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class WatchCountVectorTest {
  @TestFactory
  Stream<DynamicTest> countsTheWatchersThatTheReferenceCounts() {
    return VectorFiles.tests("watch-count.jsonl", WatchCountVectorTest::check);
  }

  private static void check(JsonNode testCase) {
    WatchTracker tracker = new WatchTracker();
    for (JsonNode watch : testCase.path("watches")) {
      RequestDigest digest = Requests.get(watch.path("url").textValue());
      WatchTracker.Registration registration = tracker.register(digest.info(), digest.query());
      if (watch.path("forget").booleanValue() && registration != null) {
        registration.close();
      }
    }
    for (JsonNode request : testCase.path("requests")) {
      String method = request.path("method").textValue();
      String url = request.path("url").textValue();
      assertThat(tracker.interestedIn(Requests.of(method, url).info()))
          .as("%s %s", method, url)
          .isEqualTo(request.path("want").intValue());
    }
  }
}
