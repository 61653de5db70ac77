package io.apfproxy.real;

import io.apfproxy.fixtures.load.ManyStreams;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.parsetools.RecordParser;
import java.net.URI;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One client that lists and then watches for ever, with the retries and the back-off of client-go
 * 0.37's Reflector (lists, not streamed ones). Belongs to one event loop.
 */
final class Reflector {
  /*
   * A request is put again up to ten times: after as many seconds as Retry-After says, or after one
   * where the connection is lost. What fails otherwise, and a stream that is reset among it, begins
   * anew with a list after a back-off from 0.8 to 60 s; so does a watch that ended at once with
   * nothing, or with an error. A watch that ended whole is followed by the next one at once.
   */
  private static final int RETRIES = 10;
  private static final long LOST_MILLIS = 1_000;
  private static final long BACK_OFF_MILLIS = 800;
  private static final long MOST_BACK_OFF_MILLIS = 30_000;
  private static final long RESET_NANOS = TimeUnit.MINUTES.toNanos(2);
  private static final long SHORT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int HEAD_BYTES = 400;
  private static final Pattern VERSION = Pattern.compile("\"resourceVersion\":\"(\\d+)\"");
  private static final Pattern CODE = Pattern.compile("\"code\":(\\d+)");

  private final Vertx vertx;
  private final HttpClient http;
  private final Source source;
  private final Seen seen;
  private String version = "0";
  private long backOff = BACK_OFF_MILLIS;
  private long lastBackOff = System.nanoTime();

  /** What it copies, and as whom. */
  record Source(URI server, String token, String resource) {}

  /** Told of what happens. */
  interface Seen {
    /** It watches from now on, or watches no longer. */
    void watching(boolean is);

    /** A list or watch ended other than well, or a watch ended. */
    void ended(String how);

    /** Whether nothing more is to be sent. */
    boolean isOver();
  }

  Reflector(Vertx vertx, HttpClient http, Source source, Seen seen) {
    this.vertx = vertx;
    this.http = http;
    this.source = source;
    this.seen = seen;
  }

  void start() {
    Context own = vertx.getOrCreateContext();
    own.runOnContext(now -> list());
  }

  private void list() {
    ask("list", "?resourceVersion=" + version, 1, this::listed);
  }

  private void listed(HttpClientResponse head) {
    head.body()
        .onComplete(
            body -> {
              Matcher found = VERSION.matcher(start(body));
              version = found.find() ? found.group(1) : "0";
              watch();
            },
            cut -> {
              seen.ended("list cut in the middle");
              backOff(this::list);
            });
  }

  private void watch() {
    int seconds = ThreadLocalRandom.current().nextInt(300, 600);
    ask(
        "watch",
        "?watch=true&allowWatchBookmarks=true&resourceVersion="
            + version
            + "&timeoutSeconds="
            + seconds,
        1,
        head -> new Watch().follow(head));
  }

  private void ask(String what, String query, int attempt, Consumer<HttpClientResponse> ok) {
    if (seen.isOver()) {
      return;
    }
    Runnable again = () -> ask(what, query, attempt + 1, ok);
    http.request(ManyStreams.get(source.server(), source.resource() + query, source.token()))
        .compose(HttpClientRequest::send)
        .onComplete(
            head -> {
              if (head.statusCode() == 200) {
                ok.accept(head);
              } else {
                refused(what, head, attempt, again);
              }
            },
            failure -> {
              boolean reset = failure instanceof StreamResetException;
              seen.ended(what + (reset ? " reset" : " without an answer"));
              if (reset || attempt > RETRIES) {
                backOff(this::list);
              } else {
                after(LOST_MILLIS, again);
              }
            });
  }

  private void refused(String what, HttpClientResponse head, int attempt, Runnable again) {
    int code = head.statusCode();
    seen.ended(what + " " + code);
    @Nullable String seconds = head.getHeader("Retry-After");
    if (seconds != null && (code == 429 || code >= 500) && attempt <= RETRIES) {
      after(TimeUnit.SECONDS.toMillis(Long.parseLong(seconds)), again);
    } else if (code == 410) {
      version = ""; // the newest there is
      list();
    } else {
      backOff(code == 429 && what.equals("watch") ? this::watch : this::list);
    }
  }

  private void backOff(Runnable next) {
    long now = System.nanoTime();
    if (now - lastBackOff > RESET_NANOS) {
      backOff = BACK_OFF_MILLIS;
    }
    lastBackOff = now;
    long wait = backOff + ThreadLocalRandom.current().nextLong(backOff);
    backOff = Math.min(MOST_BACK_OFF_MILLIS, 2 * backOff);
    after(wait, next);
  }

  private void after(long millis, Runnable next) {
    if (!seen.isOver()) {
      vertx.setTimer(Math.max(1, millis), due -> next.run());
    }
  }

  private static String start(Buffer body) {
    return body.getString(0, Math.min(HEAD_BYTES, body.length()));
  }

  private final class Watch {
    private final long began = System.nanoTime();
    private boolean hasEvents;
    private @Nullable String error;

    void follow(HttpClientResponse head) {
      seen.watching(true);
      RecordParser lines = RecordParser.newDelimited("\n", head);
      lines.exceptionHandler(cut -> over(cut instanceof StreamResetException ? "reset" : "lost"));
      lines.endHandler(end -> over(""));
      lines.handler(this::event);
    }

    private void event(Buffer line) {
      String text = start(line);
      if (text.startsWith("{\"type\":\"ERROR\"")) {
        Matcher code = CODE.matcher(line.toString());
        error = code.find() ? code.group(1) : "?";
      } else {
        hasEvents = true;
        Matcher found = VERSION.matcher(text.contains("BOOKMARK") ? text : line.toString());
        version = found.find() ? found.group(1) : version;
      }
    }

    private void over(String how) {
      seen.watching(false);
      String told = error;
      if (told != null) {
        seen.ended("watch told " + told);
        backOff(told.equals("429") ? Reflector.this::watch : Reflector.this::list);
      } else if (how.equals("reset")) {
        seen.ended("watch reset");
        backOff(Reflector.this::list);
      } else if (!hasEvents && System.nanoTime() - began < SHORT_NANOS) {
        seen.ended("watch too short");
        backOff(Reflector.this::list);
      } else {
        seen.ended(how.isEmpty() ? "watch ended" : "watch lost");
        watch();
      }
    }
  }
}
