package io.apfproxy.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pages are made one after the other, each once for all who ask meanwhile. */
class AdminTurnsIT extends AdminServerFixture {
  @Tag("S81")
  @Test
  void makesOnePageForAllWhoAskMeanwhileAndOthersInTurn() throws Exception {
    // Given
    pages.block = true;
    var first = ask("/metrics");
    assertThat(pages.entered.await(60, TimeUnit.SECONDS)).isTrue();

    // When
    var scrapers = Stream.generate(() -> ask("/metrics")).limit(5).toList();
    var dump = ask(DUMPS + "dump_requests");

    // Then
    assertThat(get("/livez").code()).as("probes do not wait").isEqualTo(200);
    pages.slow.countDown();
    assertThat(first.get(60, TimeUnit.SECONDS).code()).isEqualTo(200);
    for (var scraper : scrapers) {
      assertThat(scraper.get(60, TimeUnit.SECONDS)).returns("up 1\n", Answer::body);
    }
    assertThat(dump.get(60, TimeUnit.SECONDS).code()).isEqualTo(200);
    assertThat(refusals).isEmpty();
  }

  @Tag("S81")
  @Test
  void scrapesAndTopTalkersWaitForNoDump() throws Exception {
    pages.block = true;
    var dump = ask(DUMPS + "dump_requests");
    assertThat(pages.entered.await(60, TimeUnit.SECONDS)).isTrue();
    pages.block = false;

    assertThat(get("/metrics").code()).isEqualTo(200);
    assertThat(get("/debug/apf-proxy/top").body())
        .isEqualTo("404: --top-counters=0 lets nobody be counted\n");
    assertThat(dump).isNotDone();

    pages.slow.countDown();
    assertThat(dump.get(60, TimeUnit.SECONDS).code()).isEqualTo(200);
  }

  @Tag("S81")
  @Test
  void refusesOnlyWhenTooManyDifferentPagesWait() throws Exception {
    pages.block = true;
    var first = ask(DUMPS + "dump_requests");
    assertThat(pages.entered.await(60, TimeUnit.SECONDS)).isTrue();
    var pending =
        IntStream.range(0, 40)
            .mapToObj(i -> ask(DUMPS + "explain?method=GET&url=%2F" + i))
            .toList();
    await().atMost(LONG).until(() -> refusals.size() == 40 - 32);

    pages.slow.countDown();

    assertThat(first.get(60, TimeUnit.SECONDS).code()).isEqualTo(200);
    int served = 0;
    for (var page : pending) {
      Answer answer = page.get(60, TimeUnit.SECONDS);
      if (answer.code() == 200) {
        served++;
      } else {
        assertThat(answer.code()).isEqualTo(429);
        assertThat(answer.head()).contains("retry-after: 1");
      }
    }
    assertThat(served).isEqualTo(32);
    assertThat(refusals).containsOnly("429 admin-pages");
  }
}
