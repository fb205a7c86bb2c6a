package io.gardencell.image.registry;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asking for the rest of a blob, and making sure that this is what came. Stateless. */
final class ContentRange {

  private static final Pattern FORM =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

  private ContentRange() {}

  /** The request header; none from the start on. */
  static Map<String, List<String>> header(long offset) {
    return offset == 0 ? Map.of() : Map.of("Range", List.of("bytes=" + offset + "-"));
  }

  /** The answer, if its bytes are those from the offset on; else it is closed and refused. */
  static HttpAnswer checked(HttpAnswer answer, long offset) throws IOException {
    boolean partial = answer.status() == 206;
    String range = answer.header("Content-Range");
    if (offset == 0 ? !partial : partial && isRestFrom(range, offset)) {
      return answer;
    }
    answer.close();
    throw new RegistryException(
        RegistryException.Hope.NONE,
        "fetching blob: status %s, Content-Range '%s' (expected: bytes from %d to the end)"
            .formatted(RegistryErrors.statusLine(answer.status()), range, offset));
  }

  static boolean isRestFrom(String header, long offset) {
    Matcher m = FORM.matcher(header.strip());
    return m.matches()
        && Long.parseLong(m.group(1)) == offset
        && (m.group(3).equals("*") || Long.parseLong(m.group(2)) + 1 == Long.parseLong(m.group(3)));
  }
}
