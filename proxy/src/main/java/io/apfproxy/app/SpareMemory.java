package io.apfproxy.app;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.VMOption;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.management.JMException;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives memory back to the system that the JVM keeps though it is empty: of the heap, and of what
 * its compilers used. For the program only.
 */
public final class SpareMemory {
  /*
   * The JVM begins with a heap of a sixty-fourth of the machine, fills it, and would keep all of it,
   * and the C library keeps what was freed. A start and its warm-up leave more there than all else
   * the proxy has. It grows again when there is work.
   */
  private static final Logger LOG = LoggerFactory.getLogger(SpareMemory.class);
  private static final String LEAST = "MinHeapFreeRatio";
  private static final String MOST = "MaxHeapFreeRatio";

  /** In percent, while it is collected; the lower bound first, as none may cross the other. */
  private static final int LEAST_FREE = 10;

  private static final int MOST_FREE = 25;

  private static volatile boolean armed;

  private SpareMemory() {}

  /** From now on it may be given back; a host of an embedded proxy sees to its memory itself. */
  public static void arm() {
    armed = true;
  }

  /**
   * Does it if it may; takes some tenths of a second, in which the whole process may stand still.
   */
  static void giveBack() {
    if (armed) {
      collect();
      trim();
    }
  }

  /** Collects, and lets the heap be hardly larger than what is in use. */
  static void collect() {
    HotSpotDiagnosticMXBean jvm =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    Map<String, String> before = new LinkedHashMap<>();
    try {
      if (jvm != null && isDefault(jvm, LEAST) && isDefault(jvm, MOST)) {
        before.put(MOST, jvm.getVMOption(MOST).getValue());
        before.put(LEAST, jvm.getVMOption(LEAST).getValue());
        jvm.setVMOption(LEAST, Integer.toString(LEAST_FREE));
        jvm.setVMOption(MOST, Integer.toString(MOST_FREE));
      }
      System.gc();
    } catch (IllegalArgumentException e) {
      LOG.debug("this JVM's heap cannot be told to be smaller", e);
    } finally {
      before.forEach((name, value) -> jvm.setVMOption(name, value));
    }
  }

  private static boolean isDefault(HotSpotDiagnosticMXBean jvm, String option) {
    VMOption.Origin origin = jvm.getVMOption(option).getOrigin();
    return origin == VMOption.Origin.DEFAULT || origin == VMOption.Origin.MANAGEMENT;
  }

  /** Lets the C library give back what it keeps; Linux' only. */
  private static void trim() {
    try {
      Object unused =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "systemTrimNativeHeap",
                  new Object[0],
                  new String[0]);
    } catch (JMException e) {
      LOG.debug("this JVM cannot give back what the C library keeps", e);
    }
  }
}
