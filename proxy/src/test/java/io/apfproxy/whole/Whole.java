package io.apfproxy.whole;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Measures the whole proxy beside nothing, HAProxy and nginx before one upstream, in turns, and
 * writes {@code whole.json}, {@code whole.md} and pictures. The arguments are those of {@link
 * Settings}; the jar is {@code -Dapf.jar}.
 */
final class Whole {
  private final Settings settings;
  private final Results results = new Results();

  private Whole(Settings settings) {
    this.settings = settings;
  }

  /** See the class. */
  public static void main(String[] args) throws Exception {
    Path jar = Path.of(System.getProperty("apf.jar", "target/apf-proxy.jar"));
    System.out.print(run(Settings.of(jar, args)));
    System.exit(0);
  }

  /** Measures, writes the files, and returns the tables. */
  static String run(Settings settings) throws IOException, InterruptedException {
    Files.createDirectories(settings.out());
    Path folder = Files.createTempDirectory("whole-");
    try {
      return new Whole(settings).measure(Site.make(folder));
    } finally {
      delete(folder);
    }
  }

  private String measure(Site site) throws IOException, InterruptedException {
    List<Front> fronts = present();
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    try (Upstream upstream =
        settings.real() ? RealUpstream.start(site) : UpstreamProcess.start(site)) {
      Turn turn = new Turn(vertx, settings, site, upstream, results);
      turn.heat(new NoFront());
      String tables = "";
      for (int round = 1; round <= settings.rounds(); round++) {
        for (Front front : fronts) {
          System.out.printf("round %d of %d: %s%n", round, settings.rounds(), front.name());
          turn.run(front, round);
        }
        tables = write();
        Collections.rotate(fronts, 1); // whoever follows whom is not always the same
      }
      return tables;
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }

  private List<Front> present() {
    List<Front> present = new ArrayList<>();
    for (Front front : Fronts.of(settings)) {
      Front.Presence presence = front.presence();
      if (presence.isThere()) {
        present.add(front);
        results.present(front.name(), presence.text());
      } else {
        results.absent(front.name(), presence.text());
      }
    }
    return present;
  }

  private String write() throws IOException {
    String title =
        LocalDate.now(ZoneOffset.UTC)
            + ", "
            + Machine.text()
            + (settings.real() ? ", before kube-apiserver" : "")
            + ", rounds: "
            + settings.rounds();
    String tables =
        new MarkdownReport(results, title, Load.open(Protocol.H2, settings.low()).name()).text();
    Files.writeString(settings.out().resolve("whole.md"), tables);
    Files.writeString(
        settings.out().resolve("whole.json"), JsonReport.text(results, title, settings));
    new Plots(results, settings.out()).write();
    return tables;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
