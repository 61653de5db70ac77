package io.apfproxy.whole;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** What a process and those below it take. Linux only. */
final class ProcessUse {
  private ProcessUse() {}

  /** CPU time since their starts; of a child that has ended, nothing. */
  static long cpuNanos(long pid) {
    return sum(pid, ProcessUse::cpuNanosOf);
  }

  /** Resident bytes; pages that several share count for each. */
  static long residentBytes(long pid) {
    return sum(pid, ProcessUse::residentBytesOf);
  }

  private static long sum(long pid, ToLongFunction<Path> what) {
    LongStream children =
        ProcessHandle.of(pid)
            .map(ProcessHandle::descendants)
            .orElse(Stream.empty())
            .mapToLong(ProcessHandle::pid);
    return LongStream.concat(LongStream.of(pid), children)
        .mapToObj(one -> Path.of("/proc", Long.toString(one)))
        .mapToLong(what)
        .sum();
  }

  private static long cpuNanosOf(Path process) {
    try {
      return ProcStat.parse(Files.readString(process.resolve("stat"))).cpuNanos();
    } catch (IOException gone) {
      return 0;
    }
  }

  private static long residentBytesOf(Path process) {
    try (Stream<String> lines = Files.lines(process.resolve("status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .sum();
    } catch (IOException gone) {
      return 0;
    }
  }
}
