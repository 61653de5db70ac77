package io.apfproxy.source;

import io.apfproxy.config.ObjectKey;
import io.apfproxy.config.SourceObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The manifests of one folder at one moment. Subfolders are not looked into. */
final class ManifestFolder {
  /*
   * A mounted ConfigMap is swapped by renaming one symbolic link, which all its files lead through. A folder read across that
   * moment may be half old and half new, so where the link leads is looked at before and after.
   */
  private static final int ATTEMPTS = 5;
  private static final int MOST_FILES = 1000;
  private static final long MOST_BYTES = 3 << 20;

  private ManifestFolder() {}

  /** Text of each manifest, by file name. */
  static SortedMap<String, String> read(Path folder) throws IOException {
    for (int attempt = 1; ; attempt++) {
      Path before = target(folder);
      try {
        SortedMap<String, String> texts = readOnce(folder);
        if (target(folder).equals(before)) {
          return texts;
        }
      } catch (IOException e) {
        if (attempt == ATTEMPTS || target(folder).equals(before)) {
          throw e;
        }
      }
      if (attempt == ATTEMPTS) {
        throw new IOException("changes all the time");
      }
    }
  }

  private static Path target(Path folder) throws IOException {
    Path data = folder.resolve("..data");
    return Files.exists(data) ? data.toRealPath() : folder.toRealPath();
  }

  private static SortedMap<String, String> readOnce(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files =
          entries
              .filter(file -> Manifest.isManifest(String.valueOf(file.getFileName())))
              .filter(Files::isRegularFile)
              .limit(MOST_FILES + 1)
              .toList();
    }
    if (files.size() > MOST_FILES) {
      throw new IOException("over " + MOST_FILES + " files");
    }
    SortedMap<String, String> texts = new TreeMap<>();
    for (Path file : files) {
      if (Files.size(file) > MOST_BYTES) {
        throw new IOException(file.getFileName() + " is over 3 MiB");
      }
      texts.put(
          String.valueOf(file.getFileName()),
          new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    }
    return texts;
  }

  /**
   * What the texts hold together.
   *
   * @param before the result of the last time: a file that is no YAML now keeps what it held
   */
  static Content parse(SortedMap<String, String> texts, Content before) {
    Map<String, Manifest> manifests = new TreeMap<>();
    List<SourceObject> objects = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    List<Finding> notices = new ArrayList<>();
    Map<ObjectKey, SourceObject> known = new HashMap<>();
    texts.forEach(
        (file, text) -> {
          Manifest manifest = Manifest.parse(file, text);
          findings.addAll(manifest.findings());
          notices.addAll(manifest.notices());
          Manifest kept = before.manifests().get(file);
          Manifest used = manifest.readable() || kept == null ? manifest : kept;
          manifests.put(file, used);
          for (SourceObject object : used.objects()) {
            SourceObject first = known.putIfAbsent(object.key(), object);
            if (first == null) {
              objects.add(object);
            } else {
              String place = object.place();
              findings.add(
                  new Finding(
                      file,
                      Integer.parseInt(place.substring(place.lastIndexOf(':') + 1)),
                      "metadata.name",
                      object.key() + " stands at " + first.place() + " already"));
            }
          }
        });
    return new Content(manifests, objects, findings, notices);
  }

  /** What a folder holds, and what of it is wrong. */
  record Content(
      Map<String, Manifest> manifests,
      List<SourceObject> objects,
      List<Finding> findings,
      List<Finding> notices) {
    static final Content NONE = new Content(Map.of(), List.of(), List.of(), List.of());
  }
}
