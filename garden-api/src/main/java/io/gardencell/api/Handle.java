package io.gardencell.api;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A container handle that is safe as the name of a directory: 1 to 200 characters, none of {@code \
 * / : * ? " < > |} or control characters, not ending in a dot or space, not a DOS device name.
 * Handles that differ only in letter case are the same, as NTFS has it; the given spelling is kept.
 */
public final class Handle implements Comparable<Handle> {

  private final String value;

  private Handle(String value) {
    this.value = value;
  }

  /**
   * A handle for a new container.
   *
   * @throws GardenException {@code invalid handle: '<text>'}
   */
  public static Handle parse(String text) {
    return find(text)
        .orElseThrow(() -> GardenException.failure("invalid handle: '" + Names.shown(text) + "'"));
  }

  /** The handle, or empty if no container can have it. */
  public static Optional<Handle> find(String text) {
    return Names.isValid(text) ? Optional.of(new Handle(text)) : Optional.empty();
  }

  /** The handle of a request path: one that no container can have is an unknown one. */
  public static Handle known(String text) {
    return find(text).orElseThrow(() -> new GardenException.ContainerNotFound(text));
  }

  /** A random UUID, version 4. */
  public static Handle random() {
    return new Handle(UUID.randomUUID().toString());
  }

  /** The handle as it was given. */
  public String value() {
    return value;
  }

  /** The form that is equal for equal handles. */
  public String key() {
    return Names.key(value);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Handle that && key().equals(that.key());
  }

  @Override
  public int hashCode() {
    return key().hashCode();
  }

  @Override
  public int compareTo(Handle other) {
    return key().compareTo(other.key());
  }

  @Override
  public String toString() {
    return value;
  }
}
