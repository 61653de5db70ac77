package io.apfproxy.app.warm;

import io.apfproxy.tls.EngineChoice;
import io.apfproxy.tls.KeyPairOptions;
import io.apfproxy.tls.PemKeyPair;
import io.apfproxy.tls.TlsEngine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One client program: a version of HTTP, a way to say who it is, several requests at a time. */
final class Caller {
  private static final List<Question> DECK = Question.deck();
  private static final String EXEC =
      "/api/v1/namespaces/warm/pods/one/exec?command=true&stdout=true";

  /** Where something is broken, nobody may spin. */
  private static final long AFTER_FAILURE_MILLIS = 20;

  private static final int REQUESTS_OF_TOKEN = 100;
  private static final long LAST_ANSWERS_MILLIS = 300;

  /** So many requests over one connection; a tunnel is asked for as often. */
  private static final int RARELY = 4 * DECK.size();

  private final Vertx vertx;
  private final @Nullable String token;
  private final HttpVersion version;
  private final LongAdder answered;
  private final long pauseMillis;
  private final HttpClientOptions options;
  private final Promise<Void> quiet = Promise.promise();
  private HttpClient client;
  private int asking;
  volatile boolean ended;

  /** Whom it asks. */
  record Listener(int port, String authority, HttpVersion version) {}

  /**
   * @param certificate null if it has none
   * @param token how its tokens begin; null if it has none
   * @param pauseMillis before it asks again; 0 for none
   * @param answered counts
   */
  Caller(
      Vertx vertx,
      Listener listener,
      @Nullable PemKeyPair certificate,
      @Nullable String token,
      long pauseMillis,
      LongAdder answered) {
    this.vertx = vertx;
    this.pauseMillis = pauseMillis;
    this.token = token;
    this.version = listener.version();
    this.answered = answered;
    this.options =
        new HttpClientOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setAlpnVersions(List.of(version))
            .setProtocolVersion(version)
            .setDefaultHost("127.0.0.1")
            .setDefaultPort(listener.port())
            .setTrustOptions(
                new PemTrustOptions().addCertValue(Buffer.buffer(listener.authority())));
    options.setSslEngineOptions(TlsEngine.options(EngineChoice.CHEAPER));
    if (certificate != null) {
      options.setKeyCertOptions(new KeyPairOptions(certificate));
    }
    this.client = connect();
  }

  private HttpClient connect() {
    return vertx
        .httpClientBuilder()
        .with(options)
        .with(new PoolOptions().setHttp1MaxSize(50))
        .withConnectHandler(connection -> connection.exceptionHandler(gone -> {}))
        .build();
  }

  /** Asks so many questions at a time until the end. */
  void begin(int atOnce) {
    vertx.runOnContext(
        now -> {
          asking = atOnce;
          for (int i = 0; i < atOnce; i++) {
            next(i * DECK.size() / atOnce);
          }
        });
  }

  private void next(int number) {
    if (ended) {
      asking--;
      if (asking == 0) {
        quiet.tryComplete();
      }
      return;
    }
    if (number % RARELY == RARELY - 1) {
      renew();
    }
    Question question = DECK.get(number % DECK.size());
    ask(question.options(fields(number)), question.body())
        .compose(answer -> number % RARELY == 0 ? exec(number) : Future.succeededFuture())
        .onComplete(
            done -> {
              answered.increment();
              long pause = done.succeeded() ? pauseMillis : AFTER_FAILURE_MILLIS;
              if (pause == 0) {
                next(number + 1);
              } else {
                vertx.setTimer(pause, later -> next(number + 1));
              }
            });
  }

  /** A token is used some times, and then another one. */
  private Map<String, String> fields(int number) {
    return token == null
        ? Map.of()
        : Map.of("authorization", "Bearer " + token + number / REQUESTS_OF_TOKEN);
  }

  private Future<Buffer> ask(RequestOptions asked, @Nullable Buffer body) {
    return client
        .request(asked)
        .compose(
            request -> {
              request.exceptionHandler(gone -> {}); // the future says so too
              return body == null ? request.send() : request.send(body);
            })
        .compose(HttpClientResponse::body);
  }

  /** A tunnel that says one thing and hears it back. */
  private Future<Void> exec(int number) {
    if (version == HttpVersion.HTTP_2) {
      return Future.succeededFuture();
    }
    RequestOptions asked =
        new Question(HttpMethod.POST, EXEC, Map.of(), null).options(fields(number));
    asked.putHeader("connection", "Upgrade").putHeader("upgrade", "SPDY/3.1");
    return client
        .request(asked)
        .compose(
            request -> {
              request.exceptionHandler(gone -> {});
              return request.connect();
            })
        .compose(
            response -> {
              if (response.statusCode() != 101) {
                return response.end();
              }
              var socket = response.netSocket();
              Future<Void> closed = Future.future(end -> socket.closeHandler(end::complete));
              var unused = socket.write("echo");
              return closed;
            });
  }

  /** The old connections end when they are no longer used. */
  private void renew() {
    HttpClient old = client;
    client = connect();
    var unused = old.shutdown();
  }

  /** Asks no more; waits a moment for the last answers. */
  Future<Void> end() {
    ended = true;
    vertx.setTimer(LAST_ANSWERS_MILLIS, late -> quiet.tryComplete());
    return quiet.future().transform(any -> client.close());
  }
}
