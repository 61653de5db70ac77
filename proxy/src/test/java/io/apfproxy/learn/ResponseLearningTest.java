package io.apfproxy.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.apfproxy.time.ManualTime;
import io.apfproxy.work.ListCosts;
import io.apfproxy.work.ObjectStatistics;
import io.apfproxy.work.Requests;
import io.apfproxy.work.WorkEstimator;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a response teaches decides how wide the next such request is. */
@Tag("S59")
class ResponseLearningTest {
  private static final String JSON = "application/json";
  private static final String WIDGETS = "/apis/example.com/v1/namespaces/a/widgets";

  private final ManualTime time = new ManualTime();
  private final ObjectStatistics objects = ObjectStatistics.learned(time);
  private final ListCosts costs = new ListCosts(time, true);
  private final ResponseLearning learning = new ResponseLearning(objects, costs, time);

  private static int width(WorkEstimator estimator, String url) {
    var digest = Requests.get(url);
    return estimator.estimate(digest.info(), digest.query(), 0).initialSeats();
  }

  private int width(String url) {
    return width(new WorkEstimator(objects, info -> 0, costs, true), url);
  }

  private ListMeter meter(String url) {
    return Objects.requireNonNull(
        learning.meterList(Requests.get(url), 200, JSON, ""), "nothing to learn");
  }

  private static byte[] list(int bytes) {
    String frame = "{\"items\":[{\"x\":\"\"}]}";
    return frame
        .replace("\"\"", '"' + "y".repeat(bytes - frame.length()) + '"')
        .getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void widensAListAsSuchAListWeighed() {
    ListMeter meter = meter(WIDGETS);
    byte[] body = list(900_000);
    meter.accept(body, 0, body.length);
    meter.end();

    assertThat(width(WIDGETS)).isEqualTo(9);
    assertThat(learning.meterList(Requests.get(WIDGETS), 200, JSON, "")).as("too soon").isNull();
  }

  @Test
  void widensAListByTheObjectsThatAnotherShowed() {
    ListMeter meter = meter("/apis/example.com/v1/widgets?limit=9");
    byte[] item = ("{\"spec\":\"" + "x".repeat(50_000) + "\"},").getBytes(StandardCharsets.UTF_8);
    feed(meter, "{\"kind\":\"WidgetList\",\"metadata\":{\"remainingItemCount\":2},\"items\":[");
    for (int i = 0; i < 7; i++) {
      meter.accept(item, 0, item.length);
    }
    feed(meter, "{}]}");
    meter.end();

    // 10 objects of 43 752 bytes
    assertThat(
            width(
                new WorkEstimator(objects, info -> 0, true),
                "/apis/example.com/v1/widgets?resourceVersionMatch=Exact"))
        .isEqualTo(5);
  }

  @Test
  void learnsNothingFromAnAnswerThatWasCutOff() {
    ListMeter meter = meter(WIDGETS);
    byte[] body = list(900_000);
    meter.accept(body, 0, body.length - 1);
    meter.end();

    assertThat(width(WIDGETS)).isOne();
  }

  @Test
  void remembersNoNameLongerThanRealOnes() {
    String longName = "/api/v1/namespaces/" + "n".repeat(100_000) + "/pods";

    assertThat(learning.meterList(Requests.get(longName), 200, JSON, "")).isNull();
    assertThat(meter("/api/v1/namespaces/short/pods")).isNotNull();
  }

  private static void feed(ListMeter meter, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    meter.accept(bytes, 0, bytes.length);
  }
}
