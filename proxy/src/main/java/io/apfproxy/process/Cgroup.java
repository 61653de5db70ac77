package io.apfproxy.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the container of this process may have, by the files of Linux' control groups, version 2.
 * Reads them at each question, as limits may change: not for an event loop. Nothing is known where
 * there are none. Thread-safe. Source: Linux, Documentation/admin-guide/cgroup-v2.rst.
 */
public final class Cgroup {
  private static final String MINE = "0::";
  private static final String NONE = "max";

  private final Path mount;
  private final Path membership;

  private Cgroup(Path mount, Path membership) {
    this.mount = mount;
    this.membership = membership;
  }

  /**
   * How often a group with a limit on processor time was held to it.
   *
   * @param periods in which it wanted to run
   * @param throttled of these, in which it was stopped before it was done
   */
  public record Processor(long periods, long throttled) {}

  /**
   * What a process may have.
   *
   * @param memory bytes: the least limit of the group and those it is in; empty if none has one
   * @param processor of the innermost group that has a limit; empty if none has one
   */
  public record Limits(OptionalLong memory, Optional<Processor> processor) {}

  /** That of this process. */
  public static Cgroup own() {
    return under(Path.of("/"));
  }

  /** With the system's files below this folder in place of the root. */
  public static Cgroup under(Path root) {
    return new Cgroup(root.resolve("sys/fs/cgroup"), root.resolve("proc/self/cgroup"));
  }

  /** What holds now, read in one walk over the groups. */
  public Limits limits() {
    List<Path> groups = groups();
    return new Limits(memory(groups), processor(groups));
  }

  private static OptionalLong memory(List<Path> groups) {
    return groups.stream()
        .map(group -> text(group.resolve("memory.max")))
        .filter(limit -> !limit.equals(NONE))
        .flatMapToLong(limit -> number(limit).stream())
        .min();
  }

  private static Optional<Processor> processor(List<Path> groups) {
    for (Path group : groups) {
      String quota = text(group.resolve("cpu.max"));
      if (!quota.isEmpty() && !quota.startsWith(NONE)) {
        List<String> counts = text(group.resolve("cpu.stat")).lines().toList();
        OptionalLong periods = count(counts, "nr_periods ");
        OptionalLong throttled = count(counts, "nr_throttled ");
        return periods.isPresent() && throttled.isPresent()
            ? Optional.of(new Processor(periods.getAsLong(), throttled.getAsLong()))
            : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** From the innermost to the outermost that can be seen. */
  private List<Path> groups() {
    List<Path> groups = new ArrayList<>();
    String own =
        text(membership)
            .lines()
            .filter(line -> line.startsWith(MINE))
            .map(line -> line.substring(MINE.length()))
            .findFirst()
            .orElse("/");
    // Seen from a container the path may lead out of what is mounted there.
    Path group = mount.resolve(own.substring(Math.min(1, own.length()))).normalize();
    while (group != null && group.startsWith(mount)) {
      groups.add(group);
      group = group.getParent();
    }
    return groups.isEmpty() ? List.of(mount) : groups;
  }

  private static OptionalLong count(List<String> lines, String name) {
    return lines.stream()
        .filter(line -> line.startsWith(name))
        .map(line -> number(line.substring(name.length())))
        .findFirst()
        .orElse(OptionalLong.empty());
  }

  private static OptionalLong number(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** Without the line's end; empty if it cannot be read. */
  private static String text(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
