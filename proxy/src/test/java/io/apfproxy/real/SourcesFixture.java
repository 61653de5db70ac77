package io.apfproxy.real;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** One {@link SourcesScene} for a class of tests, restored and under load before each of them. */
abstract class SourcesFixture {
  static SourcesScene scene;

  SteadyLoad load;

  @BeforeAll
  static void start() {
    scene = SourcesScene.start();
  }

  @AfterAll
  static void stop() {
    if (scene != null) {
      scene.close();
    }
  }

  @BeforeEach
  void load() throws Exception {
    load = scene.load();
  }

  @AfterEach
  void endLoad() {
    load.close();
  }
}
