package io.apfproxy.learn;

/** Encodings of a Kubernetes response body, as far as they can be read here. */
enum MediaFormat {
  JSON,
  PROTOBUF,
  /** CBOR, YAML, compressed by another method, or no Kubernetes object at all. */
  UNREADABLE;

  /** Source: the response's {@code Content-Type} and {@code Content-Encoding}, empty if absent. */
  static MediaFormat of(String contentType, String contentEncoding) {
    if (!isPlain(contentEncoding) && !isGzip(contentEncoding)) {
      return UNREADABLE;
    }
    int parameters = contentType.indexOf(';');
    String type = parameters < 0 ? contentType : contentType.substring(0, parameters);
    return switch (type.strip()) {
      case "application/json" -> JSON;
      case "application/vnd.kubernetes.protobuf" -> PROTOBUF;
      default -> UNREADABLE;
    };
  }

  static boolean isGzip(String contentEncoding) {
    return contentEncoding.equalsIgnoreCase("gzip");
  }

  private static boolean isPlain(String contentEncoding) {
    return contentEncoding.isEmpty() || contentEncoding.equalsIgnoreCase("identity");
  }
}
