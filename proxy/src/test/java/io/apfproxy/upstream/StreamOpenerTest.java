package io.apfproxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamOpenerTest {
  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get();
  }

  @Test
  void failsWhoAskedWhenTheLibraryThrows() {
    IllegalArgumentException thrown = new IllegalArgumentException("no such address");
    StreamOpener opener = new StreamOpener(vertx, 1, 1_000);

    for (int i = 0; i < 2; i++) {
      Future<HttpClientRequest> opened =
          opener.open(
              () -> {
                throw thrown;
              });
      assertThat(opened.cause()).isSameAs(thrown);
    }
  }
}
