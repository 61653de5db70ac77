package io.apfproxy.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.apfproxy.WholeFile;
import io.apfproxy.config.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of manifests is followed, whatever happens to it. */
@Tag("S67")
class FilesSourceIT {
  @TempDir Path folder;
  private final AtomicInteger changes = new AtomicInteger();
  private FilesSource source;

  @AfterEach
  void close() {
    source.close();
  }

  private void start(Path of) {
    source = new FilesSource(of, Duration.ofMillis(20));
    source.start(changes::incrementAndGet);
  }

  @Test
  void followsFilesThatComeChangeAndGo() throws Exception {
    write(folder, "a.yaml", "a", 10);
    start(folder);
    await().until(() -> shares().equals(List.of("a 10")));

    write(folder, "b.yml", "b", 20);
    write(folder, "ignored.txt", "c", 20);
    await().until(() -> shares().equals(List.of("a 10", "b 20")));
    write(folder, "a.yaml", "a", 11);
    await().until(() -> shares().equals(List.of("a 11", "b 20")));
    Files.delete(folder.resolve("a.yaml"));
    await().until(() -> shares().equals(List.of("b 20")));
    assertThat(source.snapshot().trouble()).isEmpty();
  }

  @Tag("S67")
  @Test
  void followsTheSwapOfAConfigMapMountWithoutAMixture() throws Exception {
    // Given
    swap("..one", 1);
    for (String file : List.of("a.yaml", "b.yaml")) {
      Files.createSymbolicLink(folder.resolve(file), Path.of("..data", file));
    }
    start(folder);
    await().until(() -> shares().equals(List.of("a 1", "b 1")));

    // When, then
    for (int version = 2; version <= 6; version++) {
      swap("..v" + version, version);
      String expected = String.valueOf(version);
      await()
          .until(
              () -> {
                List<String> now = shares();
                assertThat(now.get(0).substring(2)).isEqualTo(now.get(1).substring(2));
                return now.get(0).endsWith(expected);
              });
    }
  }

  @Tag("S67")
  @Test
  void aFileThatIsNoYamlKeepsWhatItHeld() throws Exception {
    write(folder, "a.yaml", "a", 10);
    write(folder, "b.yaml", "b", 10);
    start(folder);
    await().until(() -> shares().equals(List.of("a 10", "b 10")));

    WholeFile.write(folder.resolve("a.yaml"), "kind: ["); // one that is empty holds nothing
    String trouble = "1 finding(s), the first: a.yaml:1: no YAML";
    await().until(() -> source.snapshot().trouble().contains(trouble));
    write(folder, "b.yaml", "b", 11);

    await().until(() -> shares().equals(List.of("a 10", "b 11")));
    assertThat(source.snapshot().trouble()).contains(trouble);
    write(folder, "a.yaml", "a", 12);
    await().until(() -> shares().equals(List.of("a 12", "b 11")));
    assertThat(source.snapshot().trouble()).isEmpty();
  }

  @Test
  void ofTwoFilesWithOneObjectTheFirstCounts() throws Exception {
    write(folder, "a.yaml", "same", 1);
    write(folder, "b.yaml", "same", 2);
    start(folder);

    await().until(() -> shares().equals(List.of("same 1")));
    assertThat(source.snapshot().trouble())
        .endsWith(
            "b.yaml:1: metadata.name: PriorityLevelConfiguration same stands at a.yaml:1 already");
  }

  @Tag("S67")
  @Test
  void aFolderThatVanishesKeepsWhatItHeld() throws Exception {
    Path inner = Files.createDirectory(folder.resolve("inner"));
    write(inner, "a.yaml", "a", 10);
    start(inner);
    await().until(() -> shares().equals(List.of("a 10")));

    Files.move(inner, folder.resolve("away"));
    await().until(() -> source.snapshot().trouble().endsWith("no such folder"));
    assertThat(shares()).containsExactly("a 10");
    assertThat(source.ageSeconds()).isPositive();

    Files.move(folder.resolve("away"), inner);
    await().until(() -> source.snapshot().trouble().isEmpty());
  }

  @Test
  void isNotLoadedBeforeTheFolderIsThere() throws Exception {
    start(folder.resolve("later"));
    await().until(() -> source.snapshot().trouble().endsWith("no such folder"));
    assertThat(source.snapshot().loaded()).isFalse();

    Files.createDirectory(folder.resolve("later"));
    await().until(() -> source.snapshot().loaded());
    await().until(() -> changes.get() == 2); // told after it is to be seen
  }

  private List<String> shares() {
    return source.snapshot().objects().stream()
        .map(object -> Kind.PRIORITY_LEVEL.cast(object.content()))
        .map(level -> level.name() + " " + level.nominalShares())
        .sorted()
        .toList();
  }

  private static void write(Path folder, String file, String name, int shares) throws IOException {
    String text =
        """
        apiVersion: flowcontrol.apf-proxy.io/v1
        kind: PriorityLevelConfiguration
        metadata: {name: %s}
        spec:
          type: Limited
          limited: {nominalConcurrencyShares: %d, limitResponse: {type: Reject}}
        """
            .formatted(name, shares);
    WholeFile.write(folder.resolve(file), text);
  }

  /** As the kubelet updates a mounted ConfigMap: a new folder, and one link moved onto it. */
  private void swap(String version, int shares) throws IOException {
    Path data = Files.createDirectory(folder.resolve(version));
    write(data, "a.yaml", "a", shares);
    write(data, "b.yaml", "b", shares);
    Path link = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of(version));
    Files.move(link, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
  }
}
