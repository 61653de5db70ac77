package io.apfproxy.source;

import io.apfproxy.config.SourceObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What several files and folders hold together, and what of it is wrong. */
public record ManifestSet(
    List<SourceObject> objects, List<Finding> findings, List<Finding> notices) {
  public ManifestSet {
    objects = List.copyOf(objects);
    findings = List.copyOf(findings);
    notices = List.copyOf(notices);
  }

  /**
   * Reads them.
   *
   * @param paths files of any name, and folders, whose manifests are read
   */
  public static ManifestSet read(List<Path> paths) {
    SortedMap<String, String> texts = new TreeMap<>();
    List<Finding> unreadable = new ArrayList<>();
    for (Path path : paths) {
      try {
        if (Files.isDirectory(path)) {
          ManifestFolder.read(path)
              .forEach((name, text) -> texts.put(path.resolve(name).toString(), text));
        } else {
          texts.put(path.toString(), new String(Files.readAllBytes(path), StandardCharsets.UTF_8));
        }
      } catch (IOException e) {
        String why = e instanceof NoSuchFileException ? "no such file" : "cannot be read";
        unreadable.add(new Finding(path.toString(), 1, "", why));
      }
    }
    ManifestFolder.Content content = ManifestFolder.parse(texts, ManifestFolder.Content.NONE);
    unreadable.addAll(content.findings());
    return new ManifestSet(content.objects(), unreadable, content.notices());
  }
}
