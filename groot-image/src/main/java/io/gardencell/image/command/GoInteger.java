package io.gardencell.image.command;

import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Decimal, {@code 0x}, {@code 0b}, {@code 0o} or {@code 0} octal, with underscores. */
final class GoInteger implements ITypeConverter<Long> {

  @Override
  public Long convert(String value) {
    String digits = value.replace("_", "").replaceFirst("^[+-]", "").toLowerCase(Locale.ROOT);
    String sign = value.startsWith("-") ? "-" : "";
    try {
      if (digits.startsWith("0x")) {
        return Long.parseLong(sign + digits.substring(2), 16);
      }
      if (digits.startsWith("0b")) {
        return Long.parseLong(sign + digits.substring(2), 2);
      }
      if (digits.startsWith("0o") || digits.matches("0[0-7]+")) {
        return Long.parseLong(sign + digits.replaceFirst("^0o?", ""), 8);
      }
      return Long.parseLong(sign + digits);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("parse error");
    }
  }
}
